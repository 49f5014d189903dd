import { toHex } from '../modules/codec/hex.js'
import type { Label } from './label-sheet.js'

/** How the set-up networks of the kinds of devices begin. */
export const PREFIXES = { heat: 'KAM_', electricity: 'EL_', water: 'WATER_' } as const

export type Prefix = (typeof PREFIXES)[keyof typeof PREFIXES]

/** A device as its label needs it. */
export interface LabelledDevice {
  /** As it stands in topics. */
  readonly serial: string
  /** Master key, 16 bytes. */
  readonly key: Uint8Array
  readonly name?: string | undefined
}

/** The label of a device. Its set-up password is the first half of the key. */
export function labelOf({ serial, key, name }: LabelledDevice, prefix: Prefix): Label {
  return { network: `${prefix}${serial}`, password: toHex(key).slice(0, 16), serial, name }
}
