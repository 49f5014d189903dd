// node only
import { equal, match, ok } from 'node:assert/strict'
import { createHash, X509Certificate } from 'node:crypto'
import { checkChain, type Trust } from '../../modules/tls/chain.js'
import { seededRandom } from '../../twin/random.js'
import { nodeTlsVerifier } from '../../twin/tls-verifier.js'
import { type CertificateOptions, certificate, type Made, der as value } from '../support/certificates.js'

const HOST = 'broker.example.org'
const NOW = Math.floor(Date.now() / 1000)
const DAY = 86_400

function check(pinned: Made, sent: readonly Made[], changes: Partial<Trust> = {}): string {
  const trust = { fingerprint: pinned.fingerprint, host: HOST, unix: NOW, verifier: nodeTlsVerifier, ...changes }
  const checked = checkChain(
    sent.map(({ der }) => der),
    trust,
  )
  return checked.ok ? checked.value.kind : checked.error
}

describe("a broker's chain of certificates", () => {
  const ca = certificate({ kind: 'rsa' })
  const ecCa = certificate({ kind: 'ec' })
  const broker = (options: CertificateOptions = {}) => certificate({ issuer: ca, names: [HOST], ...options })

  it('is made as others read it', () => {
    const made = broker({ kind: 'rsa' })
    const read = new X509Certificate(made.pem)
    ok(read.verify(new X509Certificate(ca.pem).publicKey))
    equal(read.checkHost(HOST), HOST)
  })

  it('is trusted when it leads to the pinned certificate, of RSA or of P-256, or is it', () => {
    equal(check(ca, [broker(), ca]), 'ec')
    equal(check(ca, [broker({ kind: 'rsa' }), ca]), 'rsa')
    const ofEc = certificate({ issuer: ecCa, names: [HOST] })
    equal(check(ecCa, [ofEc, ecCa]), 'ec')
    const between = certificate({ issuer: ca, ca: true, pathLength: 0, usage: 0x04 })
    equal(check(ca, [certificate({ issuer: between, names: [HOST] }), between, ca]), 'ec')
    // What stands above the pinned one is nobody's business.
    equal(check(between, [certificate({ issuer: between, names: [HOST] }), between]), 'ec')
    const own = certificate({ names: [HOST], ca: false })
    equal(check(own, [own]), 'ec')
    equal(check(own, [own, ca]), 'ec')
  })

  it('need not hold the pinned certificate where that is known', () => {
    equal(check(ca, [broker()], { known: [ecCa.der, ca.der] }), 'ec')
    match(check(ca, [broker()]), /none of the certificates .* is the pinned one/)
    match(check(ca, [broker()], { known: [ecCa.der] }), /none of the certificates/)
    match(check(ecCa, [broker()], { known: [ecCa.der] }), /not signed by the one above/)
    match(check(ca, [], { known: [ca.der] }), /none of the certificates/)
  })

  it('is for the names in it', () => {
    const names = (list: readonly string[], host: string) => check(ca, [broker({ names: list }), ca], { host })
    equal(names(['other.example.org', 'BROKER.Example.org'], HOST), 'ec')
    equal(names([HOST], 'Broker.EXAMPLE.org'), 'ec')
    equal(names(['*.example.org'], HOST), 'ec')
    equal(names(['192.168.1.2'], '192.168.1.2'), 'ec')
    equal(names(['*.example.org'], '1st.example.org'), 'ec')
    equal(names(['*.lan2'], 'broker.lan2'), 'ec')
    equal(names(['*.168.1.2'], '192a.168.1.2'), 'ec')
    for (const [list, host] of [
      [['other.example.org'], HOST],
      [[], HOST],
      [['*.example.org'], 'a.b.example.org'],
      [['*.example.org'], 'example.org'],
      [['*.example.org'], '.example.org'],
      [['b.example.org'], 'a.example.org'],
      [['.example.org'], 'a.example.org'],
      [['*.org'], HOST],
      [['b*.example.org'], HOST],
      [['*'], 'localhost'],
      [['192.168.1.3'], '192.168.1.2'],
      [['*.168.1.2'], '192.168.1.2'],
      [['*.2'], '1.2'],
      [['*..'], '1..'],
    ] as const)
      match(names(list, host), /^the broker's certificate is not for /, `${list} for ${host}`)
    equal(names([], HOST), `the broker's certificate is not for ${HOST}, but for no name`)
    equal(names(['a.b', 'c.d'], HOST), `the broker's certificate is not for ${HOST}, but for a.b, c.d`)
  })

  it('is refused before its first moment and after its last, and so is each above it', () => {
    const [from, to] = [new Date((NOW - 10) * 1000), new Date((NOW + 10) * 1000)]
    const short = broker({ from, to })
    for (const [unix, expected] of [
      [NOW - 11, "the broker's certificate is not valid yet"],
      [NOW - 10, 'ec'],
      [NOW + 10, 'ec'],
      [NOW + 11, "the broker's certificate has run out"],
    ] as const)
      equal(check(ca, [short, ca], { unix }), expected)
    const old = certificate({ kind: 'ec', to: new Date((NOW - DAY) * 1000) })
    equal(check(old, [certificate({ issuer: old, names: [HOST] }), old]), 'a certificate above it has run out')
    const late = certificate({ from: new Date('2051-01-01'), to: new Date('2060-01-01'), names: [HOST] })
    equal(check(late, [late]), "the broker's certificate is not valid yet")
    equal(check(late, [late], { unix: Date.parse('2055-01-01') / 1000 }), 'ec')
  })

  it('is refused where a link was not signed by the next', () => {
    const stranger = certificate({ kind: 'rsa' })
    const forged = certificate({ issuer: ca, signWith: stranger.key, names: [HOST] })
    const wrong = /the broker's certificate is not signed by the one above it/
    match(check(ca, [forged, ca]), wrong)
    // A certificate of the stranger's own with the genuine chain behind it.
    match(check(ca, [certificate({ names: [HOST] }), ca]), wrong)
    const between = certificate({ issuer: ca, ca: true })
    match(check(ca, [certificate({ issuer: stranger, names: [HOST] }), between, ca]), wrong)
    match(check(ca, [certificate({ issuer: ecCa, names: [HOST] }), ca]), wrong)
    match(check(ca, [broker(), stranger]), /none of the certificates/)
    for (const [above, other] of [
      [ca, stranger.key],
      [ecCa, certificate().key],
    ] as const) {
      const kind = above === ca ? 'rsa' : 'ec'
      match(check(above, [certificate({ issuer: above, signWith: other, names: [HOST] }), above]), wrong, kind)
      const amid = certificate({ issuer: above, signWith: other, ca: true })
      equal(
        check(above, [certificate({ issuer: amid, names: [HOST] }), amid, above]),
        'a certificate above it is not signed by the one above it',
        kind,
      )
      // Signed as it ought to be, and says that it is not.
      const claims = kind === 'ec' ? 'rsa' : 'ec'
      match(check(above, [certificate({ issuer: above, claims, names: [HOST] }), above]), wrong, kind)
    }
  })

  it('has nothing computed with a signature that cannot be one', () => {
    let asked = 0
    const credulous = { ...nodeTlsVerifier, verify: () => ++asked > 0, verifyRsa: () => ++asked > 0 }
    const refused = (issuer: Made, signature: Uint8Array) =>
      match(
        check(issuer, [certificate({ issuer, signature, names: [HOST] }), issuer], { verifier: credulous }),
        /not signed by the one above it/,
      )
    for (const bytes of [0, 1, 64, 255, 257, 512]) refused(ca, Buffer.alloc(bytes, 1))
    const one = value(2, 1)
    // With an s of 0 the SDK would compute for ever.
    for (const signature of [
      Buffer.alloc(64, 1),
      value(0x30, one, value(2, 0)),
      value(0x30, value(2, 0), one),
      Buffer.alloc(0),
    ])
      refused(ecCa, signature)
    equal(asked, 0)
  })

  it('is refused where one vouches that may not', () => {
    const no = 'a certificate above it may not vouch for others'
    const owned = broker()
    equal(check(ca, [certificate({ issuer: owned, names: [HOST] }), owned, ca]), no)
    const last = certificate({ issuer: ca, ca: true, pathLength: 0 })
    const below = certificate({ issuer: last, ca: true })
    equal(check(ca, [certificate({ issuer: below, names: [HOST] }), below, last, ca]), no)
    const signsNothing = certificate({ usage: 0x80 })
    equal(check(signsNothing, [certificate({ issuer: signsNothing, names: [HOST] }), signsNothing]), no)
    const long = [ca]
    for (let i = 0; i < 3; i++) long.unshift(certificate({ issuer: long[0]!, ca: true }))
    match(check(ca, [certificate({ issuer: long[0]!, names: [HOST] }), ...long]), /more than 4 certificates/)
  })

  it('is refused where the certificate is of a kind that is not for this', () => {
    const clientAuth = '1.3.6.1.5.5.7.3.2'
    const serverAuth = '1.3.6.1.5.5.7.3.1'
    equal(check(ca, [broker({ uses: [clientAuth] }), ca]), "the broker's certificate is not for servers")
    equal(check(ca, [broker({ uses: [clientAuth, serverAuth] }), ca]), 'ec')
    match(check(ca, [broker({ critical: '2.5.29.30' }), ca]), /critical extension/)
    match(check(ca, [broker({ hash: 'sha1' }), ca]), /signed with something other than SHA-256/)
    match(check(ca, [broker({ hash: 'sha384' }), ca]), /signed with something other than SHA-256/)
    for (const kind of ['rsa-1024', 'rsa-e3', 'p384'] as const)
      match(check(ca, [broker({ kind }), ca]), /a key other than P-256 or RSA/, kind)
  })

  it('is never trusted, and breaks nothing, with any bytes changed, cut or added', () => {
    const random = seededRandom(7)
    const sent = [broker(), ca].map((made) => made.der)
    const trust: Trust = { fingerprint: ca.fingerprint, host: HOST, unix: NOW, verifier: nodeTlsVerifier }
    let accepted = 0
    for (let i = 0; i < 5_000; i++) {
      const der = Uint8Array.from(sent[0]!)
      const at = Math.floor(random() * der.length)
      der[at]! ^= 1 + Math.floor(random() * 255)
      const end = random() < 0.2 ? Math.floor(random() * der.length) : der.length
      if (checkChain([der.subarray(0, end), sent[1]!], trust).ok) accepted++
    }
    equal(accepted, 0)
    for (let i = 0; i < 2_000; i++) {
      // The mutated one itself is pinned: only its form can save it.
      const der = Uint8Array.from(sent[0]!)
      for (let flips = 0; flips < 4; flips++) der[Math.floor(random() * der.length)]! = Math.floor(random() * 256)
      const fingerprint = createHash('sha256').update(der).digest('hex')
      const checked = checkChain([der], { ...trust, fingerprint })
      ok(checked.ok || checked.error !== '')
    }
  })
})
