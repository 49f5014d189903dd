/** What a record measures; the bits of a `state` have a meaning each. */
export type Quantity =
  | 'energy'
  | 'volume'
  | 'on-time'
  | 'operating-time'
  | 'power'
  | 'flow'
  | 'flow-temperature'
  | 'return-temperature'
  | 'temperature-difference'
  | 'external-temperature'
  | 'pressure'
  | 'date'
  | 'datetime'
  | 'fabrication-number'
  | 'enhanced-id'
  | 'forward-energy'
  | 'return-energy'
  | 'state'

/** The meaning of the numbers of some VIF codes: raw x 10^(exponent + VIF - first) x times / per, in this unit. */
export interface Scale {
  readonly quantity: Quantity
  readonly first: number
  readonly last: number
  readonly unit: string
  readonly exponent: number
  /** 1 without it. */
  readonly times?: number
  /** 1 without it. */
  readonly per?: number
}

/** VIF codes as `RecordCursor` numbers them: EN 13757-3, table 10, and Kamstrup's own behind 0xFF. */
const SCALES: readonly Scale[] = Object.freeze([
  scale('volume', 0x10, 0x17, 'm3', -6),
  scale('flow', 0x38, 0x3f, 'm3/h', -6),
  scale('flow-temperature', 0x58, 0x5b, 'C', -3),
  scale('return-temperature', 0x5c, 0x5f, 'C', -3),
  scale('temperature-difference', 0x60, 0x63, 'K', -3),
  scale('external-temperature', 0x64, 0x67, 'C', -3),
  scale('pressure', 0x68, 0x6b, 'bar', -3),
  scale('energy', 0x00, 0x07, 'kWh', -6),
  // These count joules: 10^(VIF - 8).
  scale('energy', 0x08, 0x0f, 'kWh', 0, { per: 3_600_000 }),
  scale('power', 0x28, 0x2f, 'kW', -6),
  scale('on-time', 0x20, 0x20, 'h', 0, { per: 3600 }),
  scale('on-time', 0x21, 0x21, 'h', 0, { per: 60 }),
  scale('on-time', 0x22, 0x22, 'h', 0),
  scale('on-time', 0x23, 0x23, 'h', 0, { times: 24 }),
  scale('operating-time', 0x24, 0x24, 'h', 0, { per: 3600 }),
  scale('operating-time', 0x25, 0x25, 'h', 0, { per: 60 }),
  scale('operating-time', 0x26, 0x26, 'h', 0),
  scale('operating-time', 0x27, 0x27, 'h', 0, { times: 24 }),
  scale('date', 0x6c, 0x6c, '', 0),
  scale('datetime', 0x6d, 0x6d, '', 0),
  scale('fabrication-number', 0x78, 0x78, '', 0),
  scale('enhanced-id', 0x79, 0x79, '', 0),
  // From here on codes of extension tables. Behind FB joules: 10^8 and 10^9.
  scale('energy', 0xfb08, 0xfb09, 'kWh', 0, { times: 100_000_000, per: 3_600_000 }),
  scale('energy', 0xfb00, 0xfb01, 'kWh', 2),
  scale('forward-energy', 0xff07, 0xff07, 'm3C', 0),
  scale('return-energy', 0xff08, 0xff08, 'm3C', 0),
  scale('state', 0xff20, 0xff20, '', 0),
  scale('state', 0xff22, 0xff22, '', 0),
  scale('state', 0xff23, 0xff23, '', 0),
  scale('state', 0xfd17, 0xfd17, '', 0),
])

/** Codes of the first table are below. */
const EXTENSIONS = 0x80
const FIRST_EXTENSION = SCALES.findIndex(({ first }) => first >= EXTENSIONS)

/** Rows of the scales of the first table by code, because every record is looked up. An array would take 2 kB of flash. */
const ROWS = Uint8Array.from({ length: EXTENSIONS }, (_, vif) => rowOf(vif, 0))

/** Returns the scale of a VIF code; undefined for a code of unknown meaning. */
export function scaleOf(vif: number): Scale | undefined {
  return SCALES[ROWS[vif] ?? rowOf(vif, FIRST_EXTENSION)]
}

/** The row of a VIF code, from the row `first` on; the one behind the last for a code of unknown meaning. */
function rowOf(vif: number, first: number): number {
  let row = first
  for (; row < SCALES.length; row++) if (vif >= SCALES[row]!.first && vif <= SCALES[row]!.last) break
  return row
}

function scale(
  quantity: Quantity,
  first: number,
  last: number,
  unit: string,
  exponent: number,
  factors: Pick<Scale, 'times' | 'per'> = {},
): Scale {
  return Object.freeze({ quantity, first, last, unit, exponent, ...factors })
}
