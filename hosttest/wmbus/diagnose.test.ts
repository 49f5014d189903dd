import { deepEqual, equal } from 'node:assert/strict'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import type { CryptoPort } from '../../modules/ports/crypto.js'
import { fieldsOf } from '../../modules/radio/all-fields.js'
import { type DiagnosedTelegram, type DiagnoseOptions, diagnose } from '../../modules/wmbus/diagnose.js'
import { knownHeader, Signatures } from '../../modules/wmbus/signatures.js'
import { valueText } from '../../modules/wmbus/value.js'
import { stubCrypto } from '../support/crypto.js'
import {
  CAPTURED,
  COMPACT,
  clearFrame,
  compactFrame,
  FULL,
  formatA,
  formatB,
  frame,
  HEAT,
  sum,
  WATER,
} from './frames.js'

const { key: KEY, crypto } = CAPTURED
/** The header of FlowIQ 2101, and one of a heat meter. */
const KNOWN = [knownHeader('02ff2004134413a1015b8101e7ff0f'), knownHeader('0406041404')]

function decode(bytes: Uint8Array, options: Partial<DiagnoseOptions> = {}): DiagnosedTelegram {
  return diagnose(bytes, { key: KEY, crypto, signatures: new Signatures(KNOWN), ...options })
}

function texts(telegram: DiagnosedTelegram): Record<string, string> {
  return Object.fromEntries(Object.entries(fieldsOf(telegram)).map(([name, value]) => [name, valueText(value)]))
}

function clear(address: string, payload: string): DiagnosedTelegram {
  return decode(clearFrame(address, payload), { key: undefined })
}

describe('a captured telegram', () => {
  it('is decrypted and read, full or compact', () => {
    const full = decode(FULL)
    deepEqual([full.result, full.flags, full.isCompact], ['ok', [], false])
    deepEqual(
      [full.manufacturer, full.id, full.version, full.type, full.accessNumber, full.sessionNumber],
      ['KAM', '74493770', 0x1f, 0x16, 0xbd, 0x2101db50],
    )
    deepEqual(texts(full), {
      total_m3: '8.915',
      target_m3: '8.533',
      avg_external_temperature_c: '27',
      status: 'DRY',
      current_status: 'DRY',
      time_dry: '4-7 days',
      time_reversed: '',
      time_leaking: '',
      time_bursting: '',
    })
    const compact = decode(COMPACT)
    deepEqual([compact.result, compact.isCompact, compact.accessNumber], ['ok', true, 0xb9])
    equal(texts(compact).total_m3, '8.915')
    equal(texts(compact).flow_temperature_c, '33')
    equal(texts(compact).flow_m3h, undefined)
    deepEqual(
      compact.records.map(({ header, raw }) => header + raw),
      ['02FF204100', '0413D3220000', '441355210000', 'A1015B21', '8101E7FF0F1C'],
    )
  })

  it('stays as it was in the hands of the caller', () => {
    const before = toHex(FULL)
    decode(FULL)
    decode(FULL.subarray(0, 36))
    equal(toHex(FULL), before)
    const stripped = FULL.slice(0, 47)
    stripped[0] = 46
    const strippedBefore = toHex(stripped)
    for (const isChecked of [false, true]) {
      equal(decode(stripped, { isChecked }).result, 'ok')
      equal(toHex(stripped), strippedBefore)
    }
  })

  it('is not read without its key, or when it is damaged', () => {
    equal(decode(FULL, { key: undefined }).result, 'no-key')
    const damaged = FULL.slice()
    damaged[30]! ^= 1
    equal(decode(damaged).result, 'payload-crc')
    deepEqual(fieldsOf(decode(damaged)), {})
  })

  it('without its own checksum, which was cut off, is whole', () => {
    for (const missing of [1, 2]) {
      const telegram = decode(FULL.subarray(0, FULL.length - missing))
      deepEqual([telegram.result, telegram.flags, texts(telegram).total_m3], ['ok', ['dll-crc-missing'], '8.915'])
    }
  })

  it('cut shorter shows its first records, but not as fields', () => {
    const telegram = decode(FULL.subarray(0, 36))
    deepEqual([telegram.result, fieldsOf(telegram), telegram.records], ['truncated', {}, []])
    deepEqual(
      telegram.partial?.records.map(({ header, raw }) => header + raw),
      ['02FF204100', '0413D3220000'],
    )
    deepEqual(
      decode(COMPACT.subarray(0, 30)).partial?.records.map(({ header, raw }) => header + raw),
      ['02FF204100', '0413D3220000'],
    )
    deepEqual(decode(COMPACT.subarray(0, 24)).partial, { ci: 0x79, records: [] })
    for (let length = 20; length < 24; length++) equal(decode(COMPACT.subarray(0, length)).partial, undefined)
    for (let length = 20; length < 47; length++) equal(decode(FULL.subarray(0, length)).result, 'truncated')
    for (let length = 0; length < 20; length++) equal(decode(FULL.subarray(0, length)).result, 'truncated-header')
  })

  it('cut shorter shows nothing of what another key makes of it', () => {
    const other: CryptoPort = { ...stubCrypto, aesCbcEncrypt: (_key, _iv, blocks) => blocks.map((_, i) => 17 * i) }
    equal(decode(FULL.subarray(0, 40), { crypto: other }).partial, undefined)
  })
})

describe('a frame that was cut', () => {
  /** The records that a clear frame shows when its last bytes are missing. */
  function partial(payload: string, missing: number, options: Partial<DiagnoseOptions> = {}): string[] | undefined {
    const bytes = formatB(clearFrame(WATER, payload))
    const cut = decode(bytes.subarray(0, bytes.length - missing), { key: undefined, ...options })
    equal(cut.result, 'truncated')
    return cut.partial?.records.map(({ header, raw }) => header + raw)
  }

  it('and decrypted before shows its first records without a key', () => {
    deepEqual(partial('7802ff2041000413d3220000441355210000', 4), ['02FF204100', '0413D3220000'])
    deepEqual(partial('79eb610f854100d3220000552100002100', 4), ['02FF204100', '0413D3220000', '441355210000'])
  })

  it('shows nothing of headers that are not known, or of another layer', () => {
    equal(partial('780413d3220000441355210000', 4), undefined)
    equal(partial('7802ff2041000414d3220000441355210000', 4), undefined)
    equal(partial('7702ff2041000413d3220000441355210000', 5), undefined)
    equal(partial('79341200004100d3220000552100002100', 5), undefined)
    equal(partial('77eb610f854100d3220000552100002100', 5), undefined)
  })

  it('shows as many records as are whole, behind the checksum in its middle too', () => {
    const signatures = new Signatures()
    const bytes = formatB(clearFrame(HEAT, `78${'0406051c0000'.repeat(30)}`))
    equal(decode(bytes, { key: undefined, signatures }).result, 'ok')
    const records = (length: number) =>
      decode(bytes.subarray(0, length), { key: undefined, signatures }).partial!.records.map(({ raw }) => raw)
    deepEqual(records(120), Array(16).fill('051C0000'))
    deepEqual(records(150), Array(21).fill('051C0000'))
  })

  it('is not taken for whole where nothing says that its payload is', () => {
    const bytes = frame(WATER, `780413d32200002f2f${'7802ff2041000413d3220000441355210000'}`)
    for (let length = 20; length < bytes.length; length++) {
      const cut = decode(bytes.subarray(0, length), { key: undefined })
      deepEqual([cut.result, cut.partial, cut.flags], ['truncated', undefined, []], `${length}`)
    }
    const damaged = FULL.slice()
    damaged[30]! ^= 1
    for (const missing of [1, 2]) equal(decode(damaged.subarray(0, 49 - missing)).result, 'truncated')
  })

  it('has partial records only if it was cut', () => {
    equal(decode(FULL).partial, undefined)
    equal(clear(WATER, '780413d322').partial, undefined)
  })
})

describe('what cannot be decoded', () => {
  it('is told by the first check that fails', () => {
    equal(clear(WATER, '780413d322').result, 'truncated')
    equal(decode(frame(WATER, '8c20010413')).result, 'unknown-ci')
    equal(decode(frame(WATER, '8e2001')).result, 'unknown-ci')
    equal(decode(frame(WATER, 'a001001005')).result, 'unknown-ci')
    equal(decode(frame(WATER, '8d2001')).result, 'payload-crc')
    equal(decode(frame(WATER, '8d2001100000400000780413d3220000')).result, 'unsupported-encryption')
    equal(decode(frame(WATER, '8d2001100000000000780413d3220000')).result, 'payload-crc')
    equal(decode(frame(WATER, '8d200110000020ffff'), { key: undefined }).result, 'payload-crc')
    equal(clear(WATER, 'a00413d3220000').result, 'no-key')
    equal(decode(frame(WATER, `8d200110000000${sum('a00413d3220000')}a00413d3220000`)).result, 'unknown-ci')
    equal(decode(frame(WATER, '7a01005027')).result, 'unsupported-encryption')
    equal(decode(frame(WATER, '7a0100')).result, 'truncated-header')
    equal(decode(frame(WATER, '790102')).result, 'truncated-header')
    equal(clear(WATER, '79341200000000').result, 'unknown-signature')
    equal(clear(WATER, '79eb610f854100d3220000552100002100').result, 'data-crc')
    equal(clear(WATER, '79eb610f85').result, 'data-crc')
    equal(clear(WATER, '79eb61850f4100d322000055210000211c00').result, 'data-crc')
  })

  it('is nothing when it says no length or a wrong one', () => {
    equal(decode(new Uint8Array(0)).result, 'truncated-header')
    equal(decode(Uint8Array.of(0)).result, 'length-mismatch')
    equal(decode(Uint8Array.of(0, 1)).result, 'length-mismatch')
    const { id, manufacturer, version, type, accessNumber, sessionNumber } = decode(Uint8Array.of(48))
    deepEqual([id, manufacturer, version, type], ['', '', undefined, undefined])
    deepEqual([accessNumber, sessionNumber], [undefined, undefined])
  })
})

describe('the address of a telegram', () => {
  it('has its number in eight digits', () => {
    equal(clear('2d2c010000001b16', '780413d3220000').id, '00000001')
    equal(clear('2d2cef00cdab1b16', '780413d3220000').id, 'ABCD00EF')
  })

  it('has the letters of the manufacturer', () => {
    equal(decode(FULL).manufacturer, 'KAM')
    equal(clear('372c785634123a16', '780413d3220000').manufacturer, 'KAW')
    equal(decode(Uint8Array.of(0x30, 0x44, 0x37)).manufacturer, '')
    equal(decode(FULL.subarray(0, 4)).manufacturer, 'KAM')
  })

  it('has a model only where manufacturer, version and type are there', () => {
    equal(decode(FULL.subarray(0, 10)).model, 0x2c2d1f16)
    equal(decode(FULL.subarray(0, 9)).model, undefined)
  })

  it('has a session number where there is one, however much is cut behind it', () => {
    equal(decode(FULL.subarray(0, 17)).sessionNumber, 0x2101db50)
    equal(decode(FULL.subarray(0, 16)).sessionNumber, undefined)
    equal(decode(frame(WATER, '782f2f0413d3220000')).sessionNumber, undefined)
  })
})

describe('a frame of other layers', () => {
  const RECORDS = '2f2f0413d3220000'

  it('may have no or a short extended link layer, and a short or long transport header', () => {
    for (const payload of ['78', '8c200178', '7a01000000', '72785634122d2c1b1601000000', '8c20017a01000000'])
      equal(texts(decode(frame(WATER, payload + RECORDS))).total_m3, '8.915', payload)
  })

  it('may be compact behind a transport header', () => {
    const compact = toHex(
      compactFrame(WATER, '02ff20 0413 4413 a1015b 8101e7ff0f', ['4100', 'd3220000', '55210000', '21', '1c']),
    )
    const values = compact.slice(40)
    for (const header of ['79', '7b01000000', '73785634122d2c1b1601000000', '8c20017b01000000']) {
      const telegram = decode(frame(WATER, header + values))
      deepEqual([telegram.result, telegram.isCompact, texts(telegram).target_m3], ['ok', true, '8.533'], header)
    }
  })

  it('of mode 5 that was decrypted before needs no key', () => {
    const telegram = decode(frame(WATER, `7a09001005${RECORDS}${'2f'.repeat(8)}`), { key: undefined })
    deepEqual(texts(telegram), { total_m3: '8.915' })
  })

  it('tells its access number from where that is', () => {
    equal(decode(frame(WATER, `8c200578${RECORDS}`)).accessNumber, 5)
    equal(decode(frame(WATER, `7a06000000${RECORDS}`)).accessNumber, 6)
    equal(decode(frame(WATER, `72785634122d2c1b1607000000${RECORDS}`)).accessNumber, 7)
    equal(decode(frame(WATER, '7b0800000034120000')).accessNumber, 8)
    equal(decode(frame(WATER, '73785634122d2c1b160900000034120000')).accessNumber, 9)
    equal(decode(frame(WATER, `78${RECORDS}`)).accessNumber, undefined)
  })

  it('of mode 5 is decrypted by blocks, its address and access number the initial value', () => {
    let iv = ''
    const cbc: CryptoPort = {
      ...stubCrypto,
      aesCbcDecrypt: (_key, vector, blocks) => {
        iv = toHex(vector)
        return blocks.map((byte) => byte ^ 0xff)
      },
    }
    const encrypted = toHex(fromHex(`${RECORDS}${'2f'.repeat(8)}`)!.map((byte) => byte ^ 0xff))
    const short = decode(frame(WATER, `7a09001005${encrypted}441355210000`), { crypto: cbc })
    equal(iv, `${WATER}${'09'.repeat(8)}`)
    deepEqual(texts(short), { total_m3: '8.915', target_m3: '8.533' })
    equal(decode(frame(WATER, `72112233442d2c1b1609001005${encrypted}`), { crypto: cbc }).result, 'ok')
    equal(iv, `2d2c112233441b16${'09'.repeat(8)}`)
    equal(decode(frame(WATER, `7a09001005${encrypted}`), { key: undefined }).result, 'no-key')
    equal(decode(frame(WATER, `7a09002005${encrypted}`), { crypto: cbc }).result, 'decrypt-check')
    equal(decode(frame(WATER, `7a09001005${encrypted}`)).result, 'decrypt-check')
  })

  it('that no checksum covers has to begin as decrypted data do', () => {
    const bytes = frame(WATER, '780413d3220000')
    equal(decode(bytes).result, 'dll-crc')
    equal(decode(formatB(bytes)).result, 'ok')
    for (const start of ['2f00', '002f']) equal(decode(frame(WATER, `78${start}0413d3220000`)).result, 'dll-crc')
  })

  it('whose checksums the receiver has tried is believed with and without them, and not where it is none', () => {
    const bytes = frame(WATER, '780413d3220000')
    for (const told of [bytes, formatA(bytes)]) equal(decode(told, { isChecked: true }).result, 'ok')
    for (const length of [9, 10])
      equal(
        decode(Uint8Array.of(length - 1, ...bytes.subarray(1, length)), { isChecked: true }).result,
        'length-mismatch',
      )
  })

  it('decrypted before is read without a key, and with one', () => {
    const bytes = formatB(clearFrame(WATER, '780413d3220000'))
    for (const key of [undefined, KEY]) equal(texts(decode(bytes, { key })).total_m3, '8.915')
  })
})
