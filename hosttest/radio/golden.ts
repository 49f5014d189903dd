import { fromHex } from '../../modules/codec/hex.js'
import { fieldsOf } from '../../modules/radio/all-fields.js'
import { driverOf, KNOWN_HEADERS } from '../../modules/radio/detect.js'
import { infoOf, readingOf } from '../../modules/radio/reading.js'
import { type DiagnosedTelegram, diagnose } from '../../modules/wmbus/diagnose.js'
import { Signatures } from '../../modules/wmbus/signatures.js'
import { valueText } from '../../modules/wmbus/value.js'
import { stubCrypto } from '../support/crypto.js'
import { clearFrame } from '../wmbus/frames.js'

/** What becomes of a telegram whose payload was decrypted before, given in hexadecimal; blanks do not matter. */
export function decoded(text: string): {
  readonly result: string
  readonly driver: string | undefined
  readonly fields: Record<string, string>
  /** Quantities of the sample, `value unit` each. */
  readonly sample: Record<string, string>
  readonly info: string | undefined
} {
  return told(read(fromHex(text.replaceAll(' ', ''))!))
}

/** The fields of a full frame of these records: header, a blank, value. */
export function fieldsOfRecords(address: string, ...records: string[]): Record<string, string> {
  return told(read(clearFrame(address, `78${records.join('').replaceAll(' ', '')}`))).fields
}

/** The bit `bit` of a number of this many bytes, as it is sent. */
export function bitOf(bit: number, size: number): string {
  return Array.from({ length: size }, (_, i) =>
    (i === bit >> 3 ? 1 << (bit & 7) : 0).toString(16).padStart(2, '0'),
  ).join('')
}

function read(bytes: Uint8Array): DiagnosedTelegram {
  return diagnose(bytes, { key: undefined, crypto: stubCrypto, signatures: new Signatures(KNOWN_HEADERS) })
}

function told(telegram: DiagnosedTelegram): ReturnType<typeof decoded> {
  const driver = driverOf(telegram)
  const quantities = driver === undefined ? [] : Object.entries(readingOf(driver, telegram, undefined).quantities)
  return {
    result: telegram.result,
    driver: driver?.name,
    fields: Object.fromEntries(Object.entries(fieldsOf(telegram)).map(([name, value]) => [name, valueText(value)])),
    sample: Object.fromEntries(quantities.map(([name, { value, unit }]) => [name, `${value} ${unit}`])),
    info: driver && infoOf(driver, telegram, 'right'),
  }
}
