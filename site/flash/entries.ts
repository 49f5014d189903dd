import { fromBase64 } from '../../decoders/base64.js'
import type { BoardFacts } from '../../image/provision.js'
import { isSsid, isWifiPassword } from '../../image/wifi.js'
import { paddedSerial } from '../../modules/app/identity.js'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { isExampleKey, parseMasterKey } from '../../modules/codec/master-key.js'
import { pairsText } from '../../modules/codec/pairs.js'
import { failure, type Result, success } from '../../modules/codec/result.js'
import { parseBroker } from '../../modules/control/commands/broker.js'

/** What somebody has typed, by the ids of the fields. */
export interface Entries {
  readonly key: string
  readonly serial: string
  readonly ssid: string
  readonly password: string
  /** The broker's host, and port if it is another one than usual; empty for the firmware's own. */
  readonly broker: string
  readonly user: string
  readonly 'broker-password': string
  /** The fingerprint of the one certificate; empty without TLS. */
  readonly certificate: string
  /** The text of a PEM file; empty for none. */
  readonly 'update-key': string
}

export type Field = keyof Entries

/** What is wrong, by field. */
export type Problems = ReadonlyMap<Field, string>

/** P-256 as SubjectPublicKeyInfo, up to its point (RFC 5480). */
const POINT_HEADER = '3059301306072a8648ce3d020106082a8648ce3d03010703420004'

/** The board's own facts, or what is wrong with which field. No text shows a secret. */
export function factsOf(entries: Entries): { readonly facts: BoardFacts } | { readonly problems: Problems } {
  const problems = new Map<Field, string>()
  const take = <T>(field: Field, result: Result<T>): T | undefined => {
    if (!result.ok) problems.set(field, result.error)
    return result.ok ? result.value : undefined
  }
  const key = take('key', keyOf(entries.key))
  const serial = take('serial', serialOf(entries.serial))
  const { ssid, password } = entries
  if (ssid === '' && password !== '') problems.set('ssid', 'The password is of which network?')
  if (ssid !== '' && !isSsid(ssid)) problems.set('ssid', 'The name of a network has 32 bytes at most.')
  if (!isWifiPassword(password)) problems.set('password', 'A Wi-Fi password has 8 to 63 characters, of ASCII.')
  const broker = take('broker', brokerOf(entries))
  const updateKey = take('update-key', updateKeyOf(entries['update-key']))
  if (problems.size > 0) return { problems }
  return {
    facts: {
      key: toHex(key!),
      serial: serial!,
      ...(ssid !== '' && { network: { ssid, password } }),
      ...(broker && { broker }),
      ...(updateKey && { updateKey }),
    },
  }
}

/** A key's 16 bytes. Blanks do not count. */
export function keyOf(text: string): Result<Uint8Array> {
  const digits = withoutBlanks(text)
  if (digits === '') return failure('Make a key, or paste the one that this board has in your register.')
  const key = parseMasterKey(digits)
  if (!key.ok) return failure(`The key: ${key.error}.`)
  return isExampleKey(key.value) ? failure('Everybody knows this key. Make another one.') : key
}

/** A serial number as it stands in topics. Blanks do not count. */
export function serialOf(text: string): Result<string> {
  const digits = withoutBlanks(text)
  return /^[0-9]{1,12}$/.test(digits)
    ? success(paddedSerial(digits))
    : failure('The number of the meter: 1 to 12 digits, as they stand on it.')
}

/** A new key, 32 hex digits. @param fill with random bytes that nobody can guess */
export function newKey(fill: (bytes: Uint8Array<ArrayBuffer>) => unknown): string {
  const key = new Uint8Array(16)
  fill(key)
  return toHex(key)
}

function brokerOf(entries: Entries): Result<BoardFacts['broker']> {
  const certificate = withoutBlanks(entries.certificate).replaceAll(':', '')
  const [host, user, pwd] = [withoutBlanks(entries.broker), entries.user, entries['broker-password']]
  if (host === '') {
    return user + pwd + certificate === '' ? success(undefined) : failure('They are of which broker?')
  }
  const pairs = { host, ...(certificate && { certificate }), ...(user && { user }), ...(pwd && { pwd }) }
  const broker = parseBroker(pairsText(pairs))
  return broker.ok ? broker : failure(`The broker: ${broker.error}.`)
}

function updateKeyOf(pem: string): Result<string | undefined> {
  if (pem === '') return success(undefined)
  if (pem.includes('PRIVATE KEY'))
    return failure('That is a private key: it stays with its owner. Choose the public one.')
  const body = /-----BEGIN PUBLIC KEY-----([\w+/=\s]*)-----END PUBLIC KEY-----/.exec(pem)?.[1]
  const bytes = body === undefined ? undefined : fromBase64(withoutBlanks(body))
  const digits = bytes === undefined ? '' : toHex(bytes)
  const point = digits.startsWith(POINT_HEADER) ? digits.slice(POINT_HEADER.length) : ''
  return fromHex(point)?.length === 64 ? success(point) : failure('That is no public key of P-256, PEM.')
}

function withoutBlanks(text: string): string {
  return text.replace(/\s/g, '')
}
