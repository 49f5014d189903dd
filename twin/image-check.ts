import { decodeUtf8, encodeUtf8 } from '../modules/codec/utf8.js'
import type { FlashPort } from '../modules/ports/flash.js'
import {
  CHECKSUM_START,
  CHIPS,
  checksumOf,
  DESCRIPTOR,
  DESCRIPTOR_MAGIC,
  Flaw,
  HASH,
  HEADER,
  IMAGE_MAGIC,
  PROJECT_AT,
  SEGMENT_HEADER,
  sha256,
  VERSION_AT,
} from './image.js'

/** esp_app_format.h:122. */
const MOST_SEGMENTS = 16
const VARIANT = encodeUtf8('meterlogger-variant=')
const FLAWS: readonly Flaw[] = Object.values(Flaw)

/** What an image in a slot is. */
export interface InstalledImage {
  readonly project: string
  readonly chip: string
  readonly variant: string
  readonly version: string
  /** Bytes. */
  readonly length: number
  /** What is wrong with it once it runs. */
  readonly flaw: Flaw | undefined
}

/**
 * The image of a slot, checked as esp_image_verify does (esp_image_format.c:161-311): header, chip, segments, checksum and the
 * appended hash. Undefined when it would not start.
 */
export function checkImage(slot: FlashPort, chip: string): InstalledImage | undefined {
  const length = lengthOf(slot, chip)
  if (length === undefined) return undefined
  const image = new Uint8Array(length)
  slot.read(0, image)
  const view = new DataView(image.buffer)
  let [at, sum] = [HEADER, 0]
  for (let segment = 0; segment < image[1]!; segment++) {
    const data = view.getUint32(at + 4, true)
    at += SEGMENT_HEADER
    sum ^= checksumOf(image.subarray(at, at + data)) ^ CHECKSUM_START
    at += data
  }
  const end = blockEnd(at)
  if (image[end - 1] !== (sum ^ CHECKSUM_START)) return undefined
  if (length > end) {
    const hash = sha256(image.subarray(0, end))
    if (hash.some((byte, i) => image[end + i] !== byte)) return undefined
  }
  if (view.getUint32(DESCRIPTOR, true) !== DESCRIPTOR_MAGIC) return undefined
  return {
    project: textAt(image, PROJECT_AT),
    chip,
    variant: variantOf(image),
    version: textAt(image, VERSION_AT),
    length,
    flaw: FLAWS.find((flaw) => find(image, encodeUtf8(flaw)) >= 0),
  }
}

/** Bytes of the image by its headers; undefined when they are wrong or it does not fit. */
function lengthOf(slot: FlashPort, chip: string): number | undefined {
  const header = new Uint8Array(HEADER)
  slot.read(0, header)
  const segments = header[1]!
  if (header[0] !== IMAGE_MAGIC || segments < 1 || segments > MOST_SEGMENTS) return undefined
  if (CHIPS[header[12]! | (header[13]! << 8)] !== chip) return undefined
  const of = new Uint8Array(SEGMENT_HEADER)
  let at = HEADER
  for (let segment = 0; segment < segments; segment++) {
    if (at + SEGMENT_HEADER > slot.size) return undefined
    slot.read(at, of)
    const data = new DataView(of.buffer).getUint32(4, true)
    if (data % 4 !== 0) return undefined
    at += SEGMENT_HEADER + data
  }
  const length = blockEnd(at) + (header[HEADER - 1] ? HASH : 0)
  return length <= slot.size && length >= DESCRIPTOR + 256 ? length : undefined
}

/** Where the block with the checksum ends (esp_image_format.c:1015-1045). */
function blockEnd(at: number): number {
  return (at + 16) & ~15
}

function textAt(image: Uint8Array, at: number): string {
  const field = image.subarray(at, at + 32)
  const end = field.indexOf(0)
  return decodeUtf8(end < 0 ? field : field.subarray(0, end))
}

function variantOf(image: Uint8Array): string {
  const at = find(image, VARIANT)
  if (at < 0) return 'none'
  const rest = image.subarray(at + VARIANT.length, at + VARIANT.length + 32)
  const end = rest.indexOf(0x3b)
  return end < 0 ? 'none' : decodeUtf8(rest.subarray(0, end))
}

/** Where `text` stands in `bytes`; -1 where it does not. */
function find(bytes: Uint8Array, text: Uint8Array): number {
  for (let at = bytes.indexOf(text[0]!); at >= 0; at = bytes.indexOf(text[0]!, at + 1))
    if (text.every((byte, i) => bytes[at + i] === byte)) return at
  return -1
}
