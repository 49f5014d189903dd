import { deepEqual, equal } from 'node:assert/strict'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { parseCertificate } from '../../modules/tls/certificate.js'
import { DerReader, Tag } from '../../modules/tls/der.js'
import { scalarsOf } from '../../modules/tls/scalars.js'
import { parseTime } from '../../modules/tls/time.js'

/** P-256, vouches for itself and others, for a name and an address. */
const CERTIFICATE = fromHex(
  [
    '3082016230820108a0030201020203010001300a06082a8648ce3d04030230123110300e06035504030c076578616d706c653020170d32',
    '36303130313030303030305a180f32303530303130313030303030305a30123110300e06035504030c076578616d706c65305930130607',
    '2a8648ce3d020106082a8648ce3d03010703420004bb79e117935a97f7fd22fd0847a1ecd803543c6136c2a8b430d7ff036e3f4773f3a4',
    'e04ad6daf85d9561687b7d1f551f353cfc5b2ac358fb599f7c0f3b75e72fa34b304930120603551d130101ff040830060101ff02010130',
    '230603551d11041c301a821242726f6b65722e6578616d706c652e6f72678704c0a80102300e0603551d0f0101ff040403020006300a06',
    '082a8648ce3d0403020348003045022100d9d93c86bd8d3bfceb26efc132ee82579aebaeadb306f70d5114a2601788074702203fcba1bb',
    '271229ea406001887198b7a7639c34c5774aa877287a94b644263999',
  ].join(''),
)!

describe('a certificate', () => {
  it('is read', () => {
    const parsed = parseCertificate(CERTIFICATE)
    if (!parsed.ok) throw new Error(parsed.error)
    const { from, to, key, names, mostBelow, isForServers, signatureKind } = parsed.value
    deepEqual([from, to], [Date.UTC(2026, 0, 1) / 1000, Date.UTC(2050, 0, 1) / 1000])
    deepEqual([key.kind, signatureKind, mostBelow, isForServers], ['ec', 'ec', 1, true])
    deepEqual(names, ['broker.example.org', '192.168.1.2'])
  })

  it('cut anywhere, or with a byte behind it, is none', () => {
    for (let end = 0; end < CERTIFICATE.length; end++)
      equal(parseCertificate(CERTIFICATE.subarray(0, end)).ok, false, String(end))
    const longer = new Uint8Array(CERTIFICATE.length + 1)
    longer.set(CERTIFICATE)
    equal(parseCertificate(longer).ok, false)
  })

  it('has dates of two forms', () => {
    equal(parseTime('700101000001Z', false), 1)
    equal(parseTime('491231235959Z', false), Date.UTC(2049, 11, 31, 23, 59, 59) / 1000)
    equal(parseTime('20500101000000Z', true), Date.UTC(2050, 0, 1) / 1000)
    equal(parseTime('20500101000000Z', false), undefined)
    for (const text of ['', '7001010000Z', '700101000001', '700101000001+0100', '7001010000o1Z'])
      equal(parseTime(text, false), undefined, text)
  })
})

describe('a value of DER', () => {
  const read = (hex: string) => {
    const reader = new DerReader(fromHex(hex)!)
    const bytes = toHex(reader.any())
    return reader.broken ? 'broken' : bytes
  }

  it('has a length of one to three bytes, the shortest that can be, and no more than there is', () => {
    equal(read('040201ff'), '01ff')
    equal(read(`048180${'00'.repeat(128)}`), '00'.repeat(128))
    equal(read(`04820100${'00'.repeat(256)}`), '00'.repeat(256))
    for (const hex of ['', '04', '0402ff', '0480', '04817f', '0481', '0483000001ff', '04ff'])
      equal(read(hex), 'broken', hex)
  })

  it('that is not the expected one breaks the reader for good', () => {
    const reader = new DerReader(fromHex('0201050201')!)
    equal(toHex(reader.unsigned()), '05')
    equal(reader.open(Tag.sequence).broken, true)
    deepEqual([reader.broken, reader.isAtEnd, toHex(reader.any())], [true, true, ''])
  })
})

describe('the two numbers of an ECDSA signature', () => {
  it('are from 1 to the order of P-256 less 1', () => {
    const most = 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550'
    const scalars = (hex: string) => scalarsOf(fromHex(hex)!)
    equal(toHex(scalars('3006020101020102')!), `${'00'.repeat(31)}01${'00'.repeat(31)}02`)
    equal(toHex(scalars(`3026022100${most}020101`)!), `${most}${'00'.repeat(31)}01`)
    for (const hex of [
      '3006020101020100',
      '3006020100020101',
      '3006020101020181',
      `3026022100${most.slice(0, -2)}51020101`,
      '300602010102010200',
      '3003020101',
      '',
    ])
      equal(scalars(hex), undefined, hex)
  })
})
