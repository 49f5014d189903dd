import { deepEqual, equal } from 'node:assert/strict'
import { fromHex, hexDigits, toHex } from '../../modules/codec/hex.js'
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

/** A value of DER in hex; the tag is in hex too. */
function value(tag: string, ...parts: readonly string[]): string {
  const body = parts.join('')
  const length = body.length / 2
  return tag + (length < 0x80 ? '' : length < 0x100 ? '81' : '82') + hexDigits(length, length < 0x100 ? 2 : 4) + body
}

const POINT = `04${'17'.repeat(64)}`
const EC = '06072a8648ce3d0201'
const P256 = '06082a8648ce3d030107'
const RSA = '06092a864886f70d010101'
const EXPONENT = '0203010001'

const ecKey = (point: string, algorithm = EC + P256) => value('30', value('30', algorithm), value('03', '00', point))
/** @param modulus so many bytes */
const rsaKey = (modulus: number, { last = '01', algorithm = RSA, exponent = EXPONENT } = {}) => {
  const number = value('02', '00', 'c5'.repeat(modulus - 1), last)
  return value('30', value('30', algorithm, '0500'), value('03', '00', value('30', number, exponent)))
}
const extension = (id: string, contents: string, critical = '') =>
  value('30', `0603${id}`, critical, value('04', contents))
const CRITICAL = '0101ff'
const NAME = value('82', '612e6578616d706c65')
const NAMES = extension('551d11', value('30', NAME))
const DATES = ['170d3236303130313030303030305a', '170d3336303130313030303030305a'] as const

/** The certificate of these parts. Who has signed it is for others to ask. */
function made({
  version = 'a003020102',
  dates = DATES as readonly string[],
  key = ecKey(POINT),
  ids = '',
  extensions = [NAMES],
}) {
  const algorithm = '300a06082a8648ce3d040302'
  const listed = extensions.length > 0 ? value('a3', value('30', ...extensions)) : ''
  const body = value('30', version, '020107', algorithm, '3000', value('30', ...dates), '3000', key, ids, listed)
  return parseCertificate(fromHex(value('30', body, algorithm, value('03', '00', '3006020101020101')))!)
}

/** The same, or why it is none. */
function read(parts: Parameters<typeof made>[0]) {
  const parsed = made(parts)
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}

function refusal(parts: Parameters<typeof made>[0]): string {
  const parsed = made(parts)
  return parsed.ok ? 'it is taken' : parsed.error
}

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

  it('of the first version names nobody and vouches for nobody', () => {
    const { names, mostBelow } = read({ version: '', extensions: [] })
    deepEqual([names, mostBelow], [[], -1])
  })

  it('may have unique numbers of its issuer and of its owner', () => {
    deepEqual(read({ ids: '81020001' + '82020001' }).names, ['a.example'])
  })

  it('without one of its two dates is none, because nobody could tell whether it is valid', () => {
    for (const wrong of [
      '170b323630313031303030305a',
      '170d32363031303130303030303030',
      '1700',
      '180d3236303130313030303030305a',
    ])
      for (const dates of [
        [wrong, DATES[1]],
        [DATES[0], wrong],
      ])
        equal(refusal({ dates }), 'a certificate is malformed: its dates', wrong)
  })

  it('has a key of P-256 that is a whole point, or one of RSA from 2048 to 4096 bits', () => {
    equal(toHex((read({ key: ecKey(POINT) }).key as { point: Uint8Array }).point), '17'.repeat(64))
    for (const bytes of [256, 384, 512]) equal(read({ key: rsaKey(bytes) }).key.kind, 'rsa', String(bytes))
    for (const [what, key] of [
      // Points of both curves are as long as one of P-256.
      ['secp256k1', ecKey(POINT, `${EC}06052b8104000a`)],
      ['brainpoolP256r1', ecKey(POINT, `${EC}06092b2403030208010107`)],
      ['a curve of its own', ecKey(POINT, `${EC}3000`)],
      ['no curve', ecKey(POINT, EC)],
      ['a key for ECDH alone', ecKey(POINT, `06052b8104010c${P256}`)],
      ['RSA that calls itself a curve', ecKey(POINT, RSA + P256)],
      ['half a point', ecKey(`02${'17'.repeat(32)}`)],
      ['a point as both', ecKey(`06${'17'.repeat(64)}`)],
      ['a point that is too short', ecKey(POINT.slice(2))],
      ['a point that is too long', ecKey(`${POINT}17`)],
      ['a point at infinity', ecKey('00')],
      ['RSA of 2040 bits', rsaKey(255)],
      ['RSA of 4104 bits', rsaKey(513)],
      ['RSA with an even modulus', rsaKey(256, { last: '02' })],
      ['RSA with the exponent 1', rsaKey(256, { exponent: '020101' })],
      ['RSA without an exponent', rsaKey(256, { exponent: '' })],
      ['a key for RSASSA-PSS alone', rsaKey(256, { algorithm: '06092a864886f70d01010a' })],
    ] as const)
      equal(
        refusal({ key }),
        'a certificate has a key other than P-256 or RSA of 2048 to 4096 bits with the exponent 65537',
        what,
      )
  })

  it('vouches for others only where it says so, and is allowed to', () => {
    const mostBelow = (constraints: string, ...others: string[]) =>
      read({ extensions: [extension('551d13', constraints, CRITICAL), ...others] }).mostBelow
    equal(mostBelow('30030101ff'), Number.POSITIVE_INFINITY)
    equal(mostBelow('30060101ff020102'), 2)
    // What most issuers write for a server, and the long form of it.
    equal(mostBelow('3000'), -1)
    equal(mostBelow('3003010100'), -1)
    equal(mostBelow('3003020105'), -1)
    equal(mostBelow('30030101ff', extension('551d0f', '03020780')), -1)
    equal(mostBelow('30030101ff', extension('551d0f', '030100')), -1)
  })

  it('may have extensions that nobody knows here, unless they are critical', () => {
    const key = extension('551d0e', '040401020304')
    const policy = extension('551d20', '3000', '010100')
    const { names, isForServers } = read({ extensions: [key, NAMES, policy] })
    deepEqual([names, isForServers], [['a.example'], true])
    equal(
      refusal({ extensions: [NAMES, extension('551d20', '3000', CRITICAL)] }),
      'a certificate has a critical extension that is not known here',
    )
  })

  it('is for servers where its key may be used for them, or for anything', () => {
    const isForServers = (...uses: string[]) =>
      read({ extensions: [extension('551d25', value('30', ...uses.map((use) => value('06', use))))] }).isForServers
    equal(isForServers('2b06010505070301'), true)
    equal(isForServers('551d2500'), true)
    equal(isForServers('2b06010505070302'), false)
    equal(isForServers(''), false)
    equal(isForServers(), false)
  })

  it('names hosts by DNS names and IPv4 addresses and nothing else', () => {
    const mail = value('81', '61406578')
    const page = value('86', '61626364')
    const ipv6 = value('87', '20010db8', '00'.repeat(11), '01')
    const names = extension('551d11', value('30', mail, NAME, page, ipv6, '8704c0a80102', value('a4', '3000')))
    deepEqual(read({ extensions: [names] }).names, ['a.example', '192.168.1.2'])
  })

  it('with an extension that is malformed is none', () => {
    for (const wrong of [
      '3000',
      '05',
      value('30', '0603551d0e'),
      extension('551d11', '020101'),
      extension('551d13', ''),
      extension('551d0f', '0101ff'),
      extension('551d25', '0400'),
    ])
      equal(made({ extensions: [NAMES, wrong] }).ok, false, wrong)
  })

  it('has dates of two forms', () => {
    equal(parseTime('700101000001Z', false), 1)
    equal(parseTime('491231235959Z', false), Date.UTC(2049, 11, 31, 23, 59, 59) / 1000)
    equal(parseTime('500101000000Z', false), Date.UTC(1950, 0, 1) / 1000)
    equal(parseTime('20500101000000Z', true), Date.UTC(2050, 0, 1) / 1000)
    for (const text of ['  500101000000Z', '500101000000Z  ', '20500101000000+'])
      equal(parseTime(text, true), undefined, text)
    equal(parseTime('20500101000000Z', false), undefined)
    for (const [text, isLong] of [
      ['Z', false],
      ['70010100000aZ', false],
      ['700101000001z', false],
      ['70010100000Z1', false],
      ['7001010000011', false],
      ['\u0667\u0660010100000Z', false],
      ['700101000001\n', false],
      ['70010100000\u{1f600}', false],
      ['7001010000001Z', true],
      ['19700101000001Z\n', true],
      ['1970010100000\u{1f600}', true],
    ] as const)
      equal(parseTime(text, isLong), undefined, text)
    equal(parseTime('19700101000001Z', true), 1)
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
    for (const hex of [
      '',
      '04',
      '0402ff',
      '0481',
      '04ff',
      `0480${'00'.repeat(128)}`,
      `04817f${'00'.repeat(127)}`,
      `048200ff${'00'.repeat(255)}`,
      `0483000100${'00'.repeat(256)}`,
      `0484ffffffff${'00'.repeat(256)}`,
    ])
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
    // Hex digits that would be more than the order, were they not five bytes only.
    const few = '020600ffffffff01'
    equal(toHex(scalars(value('30', few, '020102'))!), `${'00'.repeat(27)}ffffffff01${'00'.repeat(31)}02`)
    for (const hex of [
      value('30', value('02', '01'.repeat(33)), '020101'),
      value('30', '020101', value('02', '01'.repeat(33))),
      '3006020101020180',
      '30050200020101',
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
