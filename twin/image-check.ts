import { failure, type Result, success } from '../modules/codec/result.js'
import { decodeUtf8, encodeUtf8 } from '../modules/codec/utf8.js'
import type { ImageFacts } from '../modules/ports/image.js'
import type { SimulatedFlash } from './flash.js'
import {
  CHIPS,
  DESCRIPTOR,
  DESCRIPTOR_MAGIC,
  DESCRIPTOR_SIZE,
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
export interface InstalledImage extends ImageFacts {
  /** What is wrong with it once it runs. */
  readonly flaw: Flaw | undefined
}

/** The image of a slot; undefined when the boot loader would not start it on this chip. */
export function checkImage(slot: SimulatedFlash, chip: string): InstalledImage | undefined {
  const image = readImage(slot.covered)
  return image.ok && image.value.chip === chip ? image.value : undefined
}

/**
 * What an image is. Magic, chip and the hash over the image, where its header says that it has one, are checked as in
 * esp_image_format.c:161-311. ESP-IDF's own images have a hash. One that is made by hand may do without, and without right
 * segments and checksum then, but not without the application's descriptor.
 * @param stored the image, and perhaps something else behind it
 */
export function readImage(stored: Uint8Array): Result<InstalledImage> {
  if (stored[0] !== IMAGE_MAGIC) return failure('no image for an ESP32: its first byte is not e9')
  if (stored.length < DESCRIPTOR + DESCRIPTOR_SIZE) return failure(`an image that ends after ${stored.length} bytes`)
  const view = new DataView(stored.buffer, stored.byteOffset, stored.length)
  const chip = CHIPS[view.getUint16(12, true)]
  if (chip === undefined) return failure(`an image for another chip, number ${view.getUint16(12, true)}`)
  if (view.getUint32(DESCRIPTOR, true) !== DESCRIPTOR_MAGIC)
    return failure('an image without the descriptor of an application')
  const end = imageEnd(stored)
  if (stored[HEADER - 1] !== 0) {
    if (end === undefined || end + HASH > stored.length) return failure('an image that is cut off')
    const hash = sha256(stored.subarray(0, end))
    if (hash.some((byte, i) => stored[end + i] !== byte))
      return failure('a damaged image: it has another hash than it says')
  }
  const image = stored.subarray(0, end)
  return success({
    project: textAt(image, PROJECT_AT),
    chip,
    variant: variantOf(image),
    version: textAt(image, VERSION_AT),
    flaw: FLAWS.find((flaw) => find(image, encodeUtf8(flaw)) >= 0),
  })
}

/** Where an image ends by the headers of its segments, and its hash begins; undefined when they are wrong. */
export function imageEnd(stored: Uint8Array): number | undefined {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.length)
  const segments = view.getUint8(1)
  if (segments < 1 || segments > MOST_SEGMENTS) return undefined
  let at = HEADER
  for (let segment = 0; segment < segments; segment++) {
    if (at + SEGMENT_HEADER > view.byteLength) return undefined
    const data = view.getUint32(at + 4, true)
    if (data % 4 !== 0) return undefined
    at += SEGMENT_HEADER + data
  }
  return blockEnd(at)
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
