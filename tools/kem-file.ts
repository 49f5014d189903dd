import { createDecipheriv } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import sax from 'sax'
import yauzl from 'yauzl'
import { NegativeResult, UsageError } from './errors.js'

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

/** The limit of unpacked bytes. A thousand meters need about 300 kB. */
const MAX_SIZE = 32 * 1024 * 1024

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

/** Reads the meters of a KEM file, a ZIP container or its bare XML. Throws `NegativeResult`, which says what is wrong. */
export async function readKem(path: string, password: string): Promise<KemMeter[]> {
  const bytes = await readFile(path).catch((error: Error) => {
    throw new UsageError(error.message)
  })
  return parseKem(bytes, password)
}

/** Reads the meters from the bytes of a file. */
export async function parseKem(bytes: Buffer, password: string): Promise<KemMeter[]> {
  return parseMeters(decrypt(encryptedPart(await contentOf(bytes)), password))
}

async function contentOf(bytes: Buffer): Promise<Buffer> {
  if (!bytes.subarray(0, 4).equals(Buffer.from('PK\x03\x04'))) return bytes
  try {
    return await unzip(bytes)
  } catch (error) {
    throw notKem((error as Error).message)
  }
}

/** Unpacks the first .kem or .kem2 of the container in memory, so that its names cannot point to other files. */
async function unzip(bytes: Buffer): Promise<Buffer> {
  const zip = await yauzl.fromBufferPromise(bytes, { lazyEntries: true })
  for await (const entry of zip.eachEntry()) {
    if (!/\.kem2?$/i.test(entry.fileName)) continue
    if (entry.uncompressedSize > MAX_SIZE) throw new Error(`more than ${MAX_SIZE / 1024 / 1024} MB`)
    const parts: Buffer[] = []
    for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part)
    const data = Buffer.concat(parts)
    // The library does not check this.
    if (crc32(data) !== entry.crc32) throw new Error(`the checksum of ${entry.fileName} is wrong`)
    return data
  }
  throw new Error('no .kem in the container')
}

/** Finds the CipherValue of XML Encryption under any namespace prefix. */
function encryptedPart(xml: Buffer): Buffer {
  let base64 = ''
  try {
    parse(new TextDecoder().decode(xml), {
      close: (name, text) => {
        if (name === 'CipherValue') base64 += text.replace(/\s+/g, '')
      },
    })
  } catch (error) {
    throw notKem((error as Error).message)
  }
  if (base64 === '') throw notKem('no CipherValue in it')
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.length === 0 || bytes.length % 16 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64))
    throw notKem('CipherValue is no base64 of whole AES blocks')
  return bytes
}

/** Decrypts AES-128-CBC. The password is the key and, unlike in XML Encryption, also the initialisation vector. */
function decrypt(blocks: Buffer, password: string): string {
  const key = Buffer.alloc(16)
  Buffer.from(password).copy(key)
  const decipher = createDecipheriv('aes-128-cbc', key, key).setAutoPadding(false)
  const plain = Buffer.concat([decipher.update(blocks), decipher.final()])
  const text = new TextDecoder().decode(plain.subarray(0, plain.length - paddingOf(plain)))
  if (!text.startsWith('<')) throw new NegativeResult('wrong password')
  return text.slice(0, text.lastIndexOf('>') + 1)
}

/** The number of padding bytes, each of which must hold that number; 0 when one does not. */
function paddingOf(plain: Buffer): number {
  const count = plain.at(-1)!
  const isPadding = count >= 1 && count <= 16 && plain.subarray(-count).every((byte) => byte === count)
  return isPadding ? count : 0
}

function parseMeters(xml: string): KemMeter[] {
  const meters: KemMeter[] = []
  let hasList = false
  let meter: Partial<Record<keyof KemMeter, string>> = {}
  try {
    parse(xml, {
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
  } catch (error) {
    // One wrong password in 256 decrypts to a text that begins like XML.
    throw new NegativeResult(`wrong password, or the file is damaged: ${(error as Error).message}`)
  }
  if (!hasList) throw notKem(`expected ${LISTS.join(' or ')} in it`)
  return meters
}

interface Handlers {
  open?(name: string): void
  /** Called with the text right before the end tag. */
  close(name: string, text: string): void
}

/** Reads well-formed XML element by element and drops namespaces from names. Throws an error whose message is one line. */
function parse(xml: string, { open, close }: Handlers): void {
  const parser = sax.parser(true)
  let text = ''
  parser.onopentag = ({ name }) => {
    text = ''
    open?.(localName(name))
  }
  parser.ontext = parser.oncdata = (part) => {
    text += part
  }
  parser.onclosetag = (name) => {
    close(localName(name), text)
    text = ''
  }
  parser.onerror = ({ message }) => {
    throw new Error(message.split('\n')[0])
  }
  parser.write(xml).close()
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function notKem(reason: string): NegativeResult {
  return new NegativeResult(`not a KEM file: ${reason}`)
}
