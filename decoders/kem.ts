import { type Entry, type FileEntry, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js'
import { failure, type Result, success } from '../modules/codec/result.js'
import { type AesCbcDecrypt, decodeList, type KemMeter } from './kem-list.js'

export interface KemContent {
  /** All meters, each with each of its keys once. */
  readonly meters: readonly KemMeter[]
  /** Lists beside these that could not be read, and why. */
  readonly unread: readonly { readonly name: string; readonly reason: string }[]
}

/** A list in the container; its bytes, or why they cannot be had. */
interface Packed {
  readonly name: string
  readonly content: Result<Uint8Array>
}

const MEGABYTE = 1024 * 1024
/** The limit of unpacked bytes. A thousand meters need about 300 kB. */
const MAX_SIZE = 32 * MEGABYTE
/** Containers in each other: `order.zip` of `list.zip.kem`, which is one itself. */
const MAX_DEPTH = 4
/** What macOS puts beside the files of a container: it has their names, and is something else. */
const OF_MACOS = /(^|[/\\])(__MACOSX[/\\]|\._)/
const LIST = /\.(kem2?|zip)$/i
const IS_KEM = /\.kem2?$/i

/**
 * Reads the meters of a KEM file: a ZIP container, however it was packed, or the bare XML of one list. Fails, with what is
 * wrong, when no list can be read. Keeps all in memory, and needs no more than a browser has.
 *
 * @param onProgress gets how much of it is read, 0 to 1, a few times a megabyte
 */
export async function readKem(
  bytes: Uint8Array,
  password: string,
  aes: AesCbcDecrypt,
  onProgress: (share: number) => void = () => {},
): Promise<Result<KemContent>> {
  const lists = isZip(bytes) ? await unpack(bytes) : success([{ name: '', content: success(bytes) }])
  if (!lists.ok) return failure(`not a KEM file: ${lists.error}`)
  const meters: KemMeter[] = []
  const unread: { name: string; reason: string }[] = []
  const sizes = lists.value.map(({ content }) => (content.ok ? content.value.length : 0))
  const all = sizes.reduce((sum, size) => sum + size, 0)
  let before = 0
  for (const [i, { name, content }] of lists.value.entries()) {
    const tell = (share: number) => onProgress((before + share * sizes[i]!) / all)
    const list = content.ok
      ? decodeList(content.value, password, aes, tell)
      : failure(`not a KEM file: ${content.error}`)
    before += sizes[i]!
    if (list.ok) meters.push(...list.value)
    else unread.push({ name, reason: list.error })
  }
  if (unread.length === lists.value.length) return failure(unread[0]!.reason)
  return success({ meters: withoutRepeated(meters), unread })
}

function isZip(bytes: Uint8Array): boolean {
  // An empty container begins with its end.
  return bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)
}

/** All lists of the container and of containers in it. They stay in memory: no name can point to another file. */
async function unpack(bytes: Uint8Array): Promise<Result<Packed[]>> {
  const lists: Packed[] = []
  const broken = await collect(bytes, [], lists, { left: MAX_SIZE })
  if (!broken.ok) return broken
  return lists.length > 0 ? success(lists) : failure('no .kem in the container')
}

/** Adds the lists of a container. Fails when it cannot be read as one. */
async function collect(
  bytes: Uint8Array,
  path: readonly string[],
  lists: Packed[],
  room: { left: number },
): Promise<Result<undefined>> {
  if (path.length > MAX_DEPTH) return failure(`more than ${MAX_DEPTH} containers in each other`)
  let entries: Entry[]
  try {
    entries = await new ZipReader(new Uint8ArrayReader(bytes), {
      useWebWorkers: false,
      checkSignature: true,
    }).getEntries()
  } catch (error) {
    return failure(reasonOf(error))
  }
  for (const entry of entries) {
    if (entry.directory || OF_MACOS.test(entry.filename) || !LIST.test(entry.filename)) continue
    const here = [...path, entry.filename]
    const content = await contentOf(entry, room)
    const isContainer = content.ok && isZip(content.value)
    const opened = isContainer ? await collect(content.value, here, lists, room) : content
    if (!opened.ok) lists.push({ name: here.join(' > '), content: failure(`${entry.filename}: ${opened.error}`) })
    else if (!isContainer && IS_KEM.test(entry.filename)) lists.push({ name: here.join(' > '), content })
  }
  return success(undefined)
}

async function contentOf(entry: FileEntry, room: { left: number }): Promise<Result<Uint8Array>> {
  if (entry.encrypted) return failure('needs a password to be unpacked; unpack it first')
  if (entry.uncompressedSize > room.left) return failure(`more than ${MAX_SIZE / MEGABYTE} MB`)
  room.left -= entry.uncompressedSize
  try {
    return success(await entry.getData(new Uint8ArrayWriter()))
  } catch (error) {
    return failure(reasonOf(error))
  }
}

/** Lists of one order repeat meters. The first that states a meter's key is kept. */
function withoutRepeated(meters: readonly KemMeter[]): KemMeter[] {
  const first = new Map<string, KemMeter>()
  for (const meter of meters) {
    const name = `${meter.serial.replace(/^0+/, '')} ${meter.key?.toLowerCase()}`
    if (!first.has(name)) first.set(name, meter)
  }
  return [...first.values()]
}

function reasonOf(error: unknown): string {
  const { message } = error as Error
  return message.charAt(0).toLowerCase() + message.slice(1)
}
