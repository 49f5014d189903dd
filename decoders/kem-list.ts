import { failure, type Result, success } from '../modules/codec/result.js'
import { decodeUtf8, encodeUtf8 } from '../modules/codec/utf8.js'
import type { CryptoPort } from '../modules/ports/crypto.js'
import { fromBase64 } from './base64.js'
import { readXml } from './xml.js'

/** A meter of a KEM file. A field that the file does not state is undefined. */
export interface KemMeter {
  readonly serial: string
  /** 32 hex digits, written as in the file. */
  readonly key?: string
  readonly number?: string
  readonly name?: string
  readonly type?: string
  readonly config?: string
  readonly program?: string
  readonly vendor?: string
  readonly consumption?: string
}

export type AesCbcDecrypt = CryptoPort['aesCbcDecrypt']

const BLOCK = 16
/** The share of the time that goes by until a list is decrypted. */
const OPENING = 0.5
const BYTE_ORDER_MARK = /^\uFEFF/

/** Elements of both schemas: those of `MetersInOrder`, then those of `Devices`. */
const FIELDS: ReadonlyMap<string, keyof KemMeter> = new Map([
  ['SerialNo', 'serial'],
  ['DEK', 'key'],
  ['MeterNo', 'number'],
  ['MeterName', 'name'],
  ['TypeNo', 'type'],
  ['ConfigNo', 'config'],
  ['ProgramNo', 'program'],
  ['VendorId', 'vendor'],
  ['ConsumptionType', 'consumption'],
  ['SerialNumber', 'serial'],
  ['Value', 'key'],
  ['CustomerDeviceNumber', 'number'],
  ['ShortName', 'name'],
  ['TypeNumber', 'type'],
  ['ConfigNumber', 'config'],
  ['ManufacturerId', 'vendor'],
  ['ConsumptionTypeName', 'consumption'],
])
const LISTS = ['MetersInOrder', 'Devices']
const METERS = ['Meter', 'Device']

/**
 * The meters of an encrypted list, which is XML: of all that are encrypted in it.
 *
 * @param onProgress gets how much of the work is done, 0 to 1
 */
export function decodeList(
  xml: Uint8Array,
  password: string,
  aes: AesCbcDecrypt,
  onProgress: (share: number) => void,
): Result<KemMeter[]> {
  const parts = encryptedParts(xml)
  if (!parts.ok) return parts
  const all: KemMeter[] = []
  for (const [i, part] of parts.value.entries()) {
    const text = decrypt(part, password, aes)
    const tell = (share: number) => onProgress(OPENING + ((1 - OPENING) * (i + share)) / parts.value.length)
    const meters = text.ok ? metersOf(text.value, tell) : text
    if (!meters.ok) return meters
    all.push(...meters.value)
  }
  return success(all)
}

/** The encrypted bytes: each CipherValue of XML Encryption under any namespace prefix. */
function encryptedParts(xml: Uint8Array): Result<Uint8Array[]> {
  const values: string[] = []
  const text = decodeUtf8(xml).replace(BYTE_ORDER_MARK, '')
  if (/^\s*[^<\s]/.test(text)) return failure('not a KEM file: neither a ZIP container nor XML')
  const read = readXml(text, {
    close: (name, text) => {
      if (name === 'CipherValue') values.push(text.replace(/\s+/g, ''))
    },
  })
  if (!read.ok) return failure(`not a KEM file: ${read.error}`)
  if (values.every((value) => value === '')) return failure('not a KEM file: no CipherValue in it')
  const parts: Uint8Array[] = []
  for (const value of values) {
    const bytes = fromBase64(value)
    if (bytes === undefined || bytes.length === 0 || bytes.length % BLOCK !== 0)
      return failure('not a KEM file: CipherValue is no base64 of whole AES blocks')
    parts.push(bytes)
  }
  return success(parts)
}

/** Decrypts AES-128-CBC. The password is the key and, unlike in XML Encryption, also the initialisation vector. */
function decrypt(blocks: Uint8Array, password: string, aes: AesCbcDecrypt): Result<string> {
  const key = new Uint8Array(BLOCK)
  key.set(encodeUtf8(password).subarray(0, BLOCK))
  const plain = aes(key, key, blocks)
  const text = decodeUtf8(plain, 0, plain.length - paddingOf(plain)).replace(BYTE_ORDER_MARK, '')
  if (!text.startsWith('<')) return failure('wrong password')
  return success(text.slice(0, text.lastIndexOf('>') + 1))
}

/** The number of padding bytes, each of which must hold that number; 0 when one does not. */
function paddingOf(plain: Uint8Array): number {
  const count = plain.at(-1)!
  const isPadding = count >= 1 && count <= BLOCK && plain.subarray(-count).every((byte) => byte === count)
  return isPadding ? count : 0
}

function metersOf(xml: string, onProgress: (share: number) => void): Result<KemMeter[]> {
  const meters: KemMeter[] = []
  let hasList = false
  let meter: Partial<Record<keyof KemMeter, string>> = {}
  const read = readXml(xml, {
    progress: onProgress,
    open: (name) => {
      if (LISTS.includes(name)) hasList = true
      if (METERS.includes(name)) meter = {}
    },
    close: (name, text) => {
      const field = FIELDS.get(name)
      const value = text.trim()
      if (field !== undefined && value !== '' && (field !== 'key' || /^[0-9a-f]{32}$/i.test(value)))
        meter[field] ??= value
      const { serial } = meter
      if (METERS.includes(name) && serial !== undefined) meters.push({ ...meter, serial })
    },
  })
  // One wrong password in 256 decrypts to a text that begins like XML.
  if (!read.ok) return failure(`wrong password, or the file is damaged: ${read.error}`)
  return hasList ? success(meters) : failure(`not a KEM file: expected ${LISTS.join(' or ')} in it`)
}
