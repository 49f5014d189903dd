// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fromHex } from '../../modules/codec/hex.js'
import { fieldsOf } from '../../modules/radio/all-fields.js'
import { diagnose } from '../../modules/wmbus/diagnose.js'
import { knownHeader, Signatures } from '../../modules/wmbus/signatures.js'
import { valueText } from '../../modules/wmbus/value.js'
import { stubCrypto } from '../support/crypto.js'
import { decoded } from './golden.js'
import { PUBLIC_TELEGRAMS } from './public-telegrams.js'

const DOCUMENT = readFileSync(fileURLToPath(new URL('../../docs/public-telegrams.md', import.meta.url)), 'utf8')
/** Four bytes of each telegram are its meter's number. */
const ID = '78563412'

/** Numbers compare as numbers, words in any order. */
function comparable(value: number | string): number | string {
  const number = Number(value)
  return value === '' || Number.isNaN(number)
    ? String(value).split(' ').sort().join(' ')
    : Math.round(number * 1e6) / 1e6
}

describe('the telegrams that others have published', () => {
  for (const { source, telegram, result = 'ok', printed = {}, missing, also = {} } of PUBLIC_TELEGRAMS)
    it(`${source}: ${telegram.slice(0, 34)}`, () => {
      const ours = decoded(telegram)
      equal(ours.result, result)
      const expected = { ...also, ...printed }
      for (const name of missing?.fields ?? []) {
        ok(name in printed, name)
        delete expected[name]
      }
      const all = (fields: Readonly<Record<string, number | string>>) =>
        Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, comparable(value)]))
      deepEqual(all(ours.fields), all(expected))
    })

  it('of a MULTICAL 601 are read with the header that the documentation gives for it', () => {
    const found = [...DOCUMENT.matchAll(/^\| `([0-9A-F]{4})` \| [^|]+ \| `([0-9A-F]{20,})`/gm)]
    deepEqual(
      found.map(([, signature]) => signature),
      ['D7C4', 'BC6B'],
    )
    for (const [, signature, header] of found)
      equal(knownHeader(header!).signature, Number.parseInt(signature!, 16), signature)
    const { telegram } = PUBLIC_TELEGRAMS.find(({ source }) => source === 'wmbusmeters issue 775')!
    const signatures = new Signatures([knownHeader(found[0]![2]!)])
    const { total_energy_consumption_kwh, total_volume_m3 } = fieldsOf(
      diagnose(fromHex(telegram)!, { key: undefined, crypto: stubCrypto, signatures }),
    )
    deepEqual([valueText(total_energy_consumption_kwh!), valueText(total_volume_m3!)], ['200858', '5940.34'])
  })

  it('name no meter', () => {
    for (const { telegram } of PUBLIC_TELEGRAMS) equal(telegram.slice(8, 16), ID)
  })

  it('are counted in the documentation, which argues each difference', () => {
    const printed = PUBLIC_TELEGRAMS.flatMap((telegram) => Object.keys(telegram.printed ?? {}))
    const missing = PUBLIC_TELEGRAMS.flatMap((telegram) => telegram.missing?.fields ?? [])
    for (const sentence of [
      `${PUBLIC_TELEGRAMS.length} telegrams`,
      `a reading of ${printed.length} fields in all`,
      `${printed.length - missing.length} of these fields are the same`,
    ])
      ok(DOCUMENT.replaceAll('\n', ' ').includes(sentence), sentence)
    const argued = new Map(
      [...DOCUMENT.matchAll(/^\| `([^`]+)` \| (\d+) \| .+ \|$/gm)].map(([, why, count]) => [why, Number(count)]),
    )
    const counts = new Map<string | undefined, number>()
    for (const { missing } of PUBLIC_TELEGRAMS)
      if (missing !== undefined) counts.set(missing.why, (counts.get(missing.why) ?? 0) + missing.fields.length)
    deepEqual([...argued].sort(), [...counts].sort())
  })
})
