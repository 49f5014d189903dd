import type { Machine } from 'device/machine'
import type { OpenTls } from './lower-socket.js'

/** This build has no TLS. */
export function openTls(_machine: Machine): OpenTls | undefined {
  return undefined
}
