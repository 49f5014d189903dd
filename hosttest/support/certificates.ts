import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

/** A certificate of the tests and its key. */
export interface Made {
  /** DER. */
  readonly der: Buffer
  readonly pem: string
  readonly key: KeyObject
  readonly keyPem: string
  readonly name: string
  /** SHA-256, 64 hex digits. */
  readonly fingerprint: string
}

export interface CertificateOptions {
  /** Its common name; nobody looks at it. */
  readonly name?: string
  /** Who signs it; without this it does that itself. */
  readonly issuer?: Made
  /** The key to sign with in place of the issuer's. */
  readonly signWith?: KeyObject
  /** What stands in place of a signature. */
  readonly signature?: Uint8Array
  /** With which kind of key it says that it is signed, where that is a lie. */
  readonly claims?: 'rsa' | 'ec'
  readonly kind?: KeyKind
  /** DNS names and IPv4 addresses. */
  readonly names?: readonly string[]
  readonly from?: Date
  readonly to?: Date
  /** Whether it may vouch for others, and how many stand between. */
  readonly ca?: boolean
  readonly pathLength?: number
  /** OIDs of what its key is for. */
  readonly uses?: readonly string[]
  /** Bits of the key usage, in their first byte. */
  readonly usage?: number
  /** A critical extension of this OID. */
  readonly critical?: string
  readonly hash?: 'sha256' | 'sha1' | 'sha384'
}

export type KeyKind = 'rsa' | 'ec' | 'rsa-1024' | 'rsa-e3' | 'p384'

const DAY = 86_400_000

const SIGNATURE_OIDS = {
  rsa: { sha256: '1.2.840.113549.1.1.11', sha1: '1.2.840.113549.1.1.5', sha384: '1.2.840.113549.1.1.12' },
  ec: { sha256: '1.2.840.10045.4.3.2', sha1: '1.2.840.10045.4.1', sha384: '1.2.840.10045.4.3.3' },
}

/** A value of DER. */
export function der(tag: number, ...parts: readonly (Uint8Array | number)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : part)))
  const { length } = body
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.of(tag, ...head), body])
}

const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts)

function oid(text: string): Buffer {
  const [first, second, ...rest] = text.split('.').map(Number)
  const bytes = [first! * 40 + second!]
  for (const value of rest) {
    const septets = [value & 127]
    for (let more = Math.floor(value / 128); more > 0; more = Math.floor(more / 128))
      septets.unshift((more & 127) | 128)
    bytes.push(...septets)
  }
  return der(6, Buffer.from(bytes))
}

function newKey(kind: KeyKind): KeyObject {
  if (kind === 'ec' || kind === 'p384')
    return generateKeyPairSync('ec', { namedCurve: kind === 'ec' ? 'P-256' : 'P-384' }).privateKey
  const modulusLength = kind === 'rsa-1024' ? 1024 : 2048
  return generateKeyPairSync('rsa', { modulusLength, publicExponent: kind === 'rsa-e3' ? 3 : 65_537 }).privateKey
}

let serials = 0

/** Makes a certificate, valid from yesterday to a month from now. */
export function certificate(options: CertificateOptions = {}): Made {
  const { issuer, kind = 'ec', ca = issuer === undefined, hash = 'sha256' } = options
  const name = options.name ?? `test ${++serials}`
  const key = newKey(kind)
  const signer = options.signWith ?? issuer?.key ?? key
  const claimed = options.claims ?? (signer.asymmetricKeyType === 'rsa' ? 'rsa' : 'ec')
  const algorithm = sequence(oid(SIGNATURE_OIDS[claimed][hash]))
  const body = sequence(
    der(0xa0, der(2, 2)),
    der(2, 1, ++serials >> 8, serials & 255),
    algorithm,
    nameOf(issuer?.name ?? name),
    sequence(time(options.from ?? new Date(Date.now() - DAY)), time(options.to ?? new Date(Date.now() + 30 * DAY))),
    nameOf(name),
    spkiOf(key),
    der(0xa3, sequence(...extensions(options, ca))),
  )
  const made = sequence(body, algorithm, der(3, 0, options.signature ?? sign(hash, body, signer)))
  return {
    der: made,
    pem: `-----BEGIN CERTIFICATE-----\n${made
      .toString('base64')
      .match(/.{1,64}/g)!
      .join('\n')}\n-----END CERTIFICATE-----\n`,
    key,
    keyPem: key.export({ format: 'pem', type: 'pkcs8' }) as string,
    name,
    fingerprint: createHash('sha256').update(made).digest('hex'),
  }
}

function spkiOf(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' })
}

function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(text)))))
}

function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

function extensions({ names = [], pathLength, uses, usage, critical }: CertificateOptions, ca: boolean): Buffer[] {
  const list: Buffer[] = []
  const add = (id: string, value: Uint8Array, isCritical = false) =>
    list.push(sequence(oid(id), ...(isCritical ? [der(1, 255)] : []), der(4, value)))
  if (ca) add('2.5.29.19', sequence(der(1, 255), ...(pathLength === undefined ? [] : [der(2, pathLength)])), true)
  if (names.length > 0) add('2.5.29.17', sequence(...names.map(altName)))
  if (uses !== undefined) add('2.5.29.37', sequence(...uses.map(oid)))
  if (usage !== undefined) add('2.5.29.15', der(3, 0, usage), true)
  if (critical !== undefined) add(critical, der(5), true)
  return list
}

function altName(name: string): Buffer {
  return /^[0-9.]+$/.test(name) ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name))
}
