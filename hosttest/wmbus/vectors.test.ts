// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import { fieldsOf } from '../../modules/radio/all-fields.js'
import { KNOWN_HEADERS } from '../../modules/radio/detect.js'
import { type DataRecord, type DiagnosedTelegram, diagnose } from '../../modules/wmbus/diagnose.js'
import { type KnownHeader, Signatures } from '../../modules/wmbus/signatures.js'
import { valueText } from '../../modules/wmbus/value.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { vectors } from '../support/vectors.js'

const entries = vectors('wmbus')

/** What wmbusmeters adds of its own. */
const NOT_FIELDS = ['media', 'meter', 'id']
/** Values that mean "not measured", and an absent date: wmbusmeters prints them. */
const NOT_MEASURED: readonly unknown[] = [127, -127, -128, 129, null]

// biome-ignore lint/suspicious/noExplicitAny: the fields differ from entry to entry
type Entry = any

function decode(
  { telegram_hex, key }: Entry,
  prior: readonly string[] = [],
  known: readonly KnownHeader[] = KNOWN_HEADERS,
): DiagnosedTelegram {
  const options = {
    key: key === 'NOKEY' ? undefined : fromHex(key)!,
    crypto: nodeCrypto,
    signatures: new Signatures(known),
  }
  for (const hex of prior) equal(diagnose(fromHex(hex)!, options).result, 'ok')
  return diagnose(fromHex(telegram_hex)!, options)
}

function rawRecords(records: readonly DataRecord[]): string[][] {
  return records.map(({ header, raw }) => [header, raw])
}

describe('the wireless M-Bus vectors', () => {
  if (entries === undefined) {
    it.skip('the folder with the vectors is not here')
    return
  }
  for (const entry of entries.filter(({ category }) => category !== 'wired-mbus')) {
    it(entry.name, () => {
      const telegram = decode(entry, entry.prior_telegrams)
      equal(telegram.id, entry.telegram_hex.length < 16 ? '' : entry.id)
      if (entry.expected_json === null) checkError(telegram, entry)
      else checkFields(telegram, entry)
      deepEqual(telegram.flags, entry.expected_flags ?? [])
      if (entry.expected_error_without_prior !== undefined)
        // Its header may be built in by now.
        equal(decode(entry, [], []).result, entry.expected_error_without_prior)
      if (entry.expected_partial !== undefined) checkPartial(telegram, entry.expected_partial)
      if (entry.decoded !== undefined) checkDecoded(telegram, entry.decoded)
      if (entry.telegram_no_crc_hex !== undefined)
        deepEqual(fieldsOf(decode({ ...entry, telegram_hex: entry.telegram_no_crc_hex })), fieldsOf(telegram))
    })
  }
})

function checkError(telegram: DiagnosedTelegram, entry: Entry): void {
  const accepted = entry.expected_error_any ?? [entry.expected_error]
  ok(accepted.includes(telegram.result), `expected ${accepted}, got ${telegram.result}`)
  deepEqual(fieldsOf(telegram), {})
  deepEqual(telegram.records, [])
}

function checkFields(telegram: DiagnosedTelegram, entry: Entry): void {
  equal(telegram.result, 'ok')
  const fields = fieldsOf(telegram)
  for (const [name, wanted] of Object.entries(entry.expected_json)) {
    if (NOT_FIELDS.includes(name)) continue
    const value = fields[name]
    if (name.endsWith('temperature_c') ? NOT_MEASURED.includes(wanted) : wanted === null)
      equal(value, undefined, `${name} was not measured`)
    else if (name === 'status' && value === undefined) equal(wanted, 'OK')
    else if (typeof wanted === 'number')
      ok(Math.abs(Number(valueText(value!)) - wanted) < 1e-6, `${name}: expected ${wanted}, got ${valueText(value!)}`)
    else equal(value, wanted, name)
  }
}

// biome-ignore lint/suspicious/noExplicitAny: as it is in the file
function checkPartial(telegram: DiagnosedTelegram, expected: any): void {
  equal(telegram.partial?.ci.toString(16) ?? expected.ci, expected.ci)
  deepEqual(rawRecords(telegram.partial?.records ?? []), expected.records)
  expected.values.forEach(([, [, value, unit]]: [string, [string, number | string, string]], i: number) => {
    const record = telegram.partial!.records[i]!
    if (typeof value === 'string') equal(record.value, value)
    else ok(Math.abs(Number(valueText(record.value!)) - value) < 1e-6)
    if (!record.header.includes('FF')) equal(record.unit, unit)
  })
}

// biome-ignore lint/suspicious/noExplicitAny: as it is in the file
function checkDecoded(telegram: DiagnosedTelegram, expected: any): void {
  equal(telegram.accessNumber, expected.acc)
  equal((telegram.sessionNumber! >>> 4) & 0x1ffffff, expected.sn_minutes)
  equal(telegram.sessionNumber! & 15, expected.sn_session)
  equal(telegram.isCompact, expected.ci === '79')
  deepEqual(rawRecords(telegram.records), expected.records)
}
