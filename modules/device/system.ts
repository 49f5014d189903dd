import { freeHeap, resetReason } from 'device/machine'
import type { SystemPort } from '../ports/system.js'

export const deviceSystem: SystemPort = Object.freeze({
  sdk: 'moddable+8.2.3',
  network: 'lwip',
  freeHeap,
  get resetReason() {
    return resetReason()
  },
})
