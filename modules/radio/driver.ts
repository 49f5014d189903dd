import type { QuantityName } from '../meters/meter.js'
import type { RecordKey } from '../wmbus/record-key.js'
import { type KnownHeader, knownHeader } from '../wmbus/signatures.js'

/** How the bits of a state read as text. */
export type StateText =
  | {
      /** Names of the bits, bit 0 first; empty where the meaning of a bit is not known. */
      readonly flags: readonly string[]
      /** Bits that belong to the text; undefined for all. */
      readonly mask?: number
      /** Text of a state without a bit. */
      readonly none: string
    }
  | {
      /** Texts of the numbers from 0. There are eight: three bits beginning at `shift` hold the number. */
      readonly numbers: readonly string[]
      readonly shift: number
    }

/** A named value of a telegram. Of several fields of one name, the first whose record is there counts. */
export interface Field extends RecordKey {
  readonly name: string
  readonly state?: StateText
  /** The raw bits by which the meter says that it measures nothing, besides the most negative number. */
  readonly none?: number
}

/** A quantity of a sample. Of several rows for one quantity, the first whose field is there counts. */
export interface SampleRow {
  readonly quantity: QuantityName
  readonly field: string
  /** Name of another field, which is subtracted; both are rounded to hundredths by the meter. */
  readonly minus?: string
  /** Decimals at least; without it those of the quantity. */
  readonly decimals?: number
}

/** The counter that tells whether a telegram can be believed. */
export interface Total {
  readonly field: string
  /** Litres of a field in m3, or Wh of a field in kWh. Only the flow of water can be derived from its total. */
  readonly unit: 'l' | 'Wh'
  /** More than any meter of this kind lets through in a minute, in `unit`. */
  readonly mostPerMinute: number
}

/** All that is particular to a kind of radio meter. */
export interface RadioDriver {
  readonly name: string
  /** The meters it is made for, as `Telegram.model` has them. */
  readonly models: readonly number[]
  /** Device types whose meters it takes as well when no driver names them. */
  readonly types?: readonly number[]
  /** Headers of full frames that these meters are known to send, for their compact frames. */
  readonly headers: readonly KnownHeader[]
  readonly fields: readonly Field[]
  readonly sample: readonly SampleRow[]
  /** What `meter_info` says: name in the text, name of the field. */
  readonly info: readonly (readonly [name: string, field: string])[]
  /** Without it no telegram can be believed: the command line reads the meter, and the device tells the verdict on its key. */
  readonly total?: Total
}

/** A driver as its file has it. */
export interface DriverFile extends Omit<RadioDriver, 'models' | 'headers'> {
  /** Manufacturer, version and type of the meters it is made for, as `KAM 1F 16`. */
  readonly meters: readonly string[]
  /** `RadioDriver.headers` in hexadecimal. */
  readonly headers: readonly string[]
}

/** A driver that nobody can change, so that it stays in flash. */
export function radioDriver({ meters, headers, ...rest }: DriverFile): RadioDriver {
  return deepFreeze({ ...rest, models: meters.map(modelOf), headers: headers.map(knownHeader) })
}

/** The field of the current value of a quantity, unless `rest` says something else. */
export function field(name: string, of: RecordKey['of'], rest: Partial<Omit<Field, 'name' | 'of'>> = {}): Field {
  return Object.freeze({ ...rest, name, of })
}

/** `KAM 1F 16` as `Telegram.model` has it. */
function modelOf(text: string): number {
  const letter = (at: number) => text.charCodeAt(at) - 64
  const manufacturer = (letter(0) << 10) | (letter(1) << 5) | letter(2)
  return manufacturer * 0x10000 + Number.parseInt(text.slice(4, 6) + text.slice(7, 9), 16)
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) deepFreeze(part)
  return Object.freeze(value)
}
