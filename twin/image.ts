import { PROJECT } from '../modules/app/version.js'
import { encodeUtf8 } from '../modules/codec/utf8.js'
import { seededRandom } from './random.js'
import { nodeVerifier } from './verifier.js'

/*
 * An application image as ESP-IDF v6.0 has it: a header of 24 bytes (esp_app_format.h:81-107), segments of a header of 8
 * bytes and data, padding up to a checksum byte that ends a block of 16, and the SHA-256 over all of that
 * (esp_image_format.c:966-1045). The first segment begins with the application's descriptor (esp_app_desc.h).
 */
export const HEADER = 24
export const SEGMENT_HEADER = 8
export const DESCRIPTOR = HEADER + SEGMENT_HEADER
export const DESCRIPTOR_SIZE = 256
export const HASH = 32
export const IMAGE_MAGIC = 0xe9
export const DESCRIPTOR_MAGIC = 0xabcd5432
const CHECKSUM_START = 0xef
export const VERSION_AT = DESCRIPTOR + 16
export const PROJECT_AT = DESCRIPTOR + 48

/** Chips by the number in the header (esp_app_format.h:19-33). */
export const CHIPS: Readonly<Record<number, string>> = { 0: 'esp32', 5: 'esp32c3' }

/** What makes an image of the twin a bad one, by the text that says so in it. */
export const Flaw = {
  /** It never reaches the broker. */
  Broken: 'TWIN_BROKEN',
  /** It crashes as soon as it starts. */
  Crash: 'TWIN_CRASH',
  /** It crashes an hour after each start. */
  Hour: 'TWIN_HOUR',
} as const
export type Flaw = (typeof Flaw)[keyof typeof Flaw]

export interface TwinImage {
  readonly version: string
  readonly project?: string
  readonly chip?: string
  /** Without it the image does not say any. */
  readonly variant?: string
  readonly flaw?: Flaw
  /** Bytes at least; an image ends with a block of 16. */
  readonly size?: number
  /** Chooses what fills it up. */
  readonly seed?: number
}

/** Makes an image that the twin can run. */
export function makeImage({
  version,
  project = PROJECT,
  chip = 'esp32',
  variant,
  flaw,
  size = 1024,
  seed = 1,
}: TwinImage): Uint8Array {
  const texts = encodeUtf8(`${variant === undefined ? '' : `meterlogger-variant=${variant};`}${flaw ?? ''}\0`)
  const least = DESCRIPTOR + DESCRIPTOR_SIZE + texts.length
  const dataEnd = Math.max(Math.ceil(least / 4) * 4, Math.ceil((size - HASH) / 16) * 16 - 4)
  const image = new Uint8Array(Math.floor(dataEnd / 16) * 16 + 16 + HASH)
  const view = new DataView(image.buffer)
  const random = seededRandom(seed)
  for (let i = least; i < dataEnd; i++) image[i] = random() * 256
  image.set([IMAGE_MAGIC, 1])
  view.setUint16(12, Number(Object.keys(CHIPS).find((id) => CHIPS[Number(id)] === chip)), true)
  image[HEADER - 1] = 1
  // In the range of addresses that flash is mapped to, so that the boot loader does not load it.
  view.setUint32(HEADER, 0x3f400020, true)
  view.setUint32(HEADER + 4, dataEnd - DESCRIPTOR, true)
  view.setUint32(DESCRIPTOR, DESCRIPTOR_MAGIC, true)
  image.set(encodeUtf8(version).subarray(0, 31), VERSION_AT)
  image.set(encodeUtf8(project).subarray(0, 31), PROJECT_AT)
  image.set(texts, DESCRIPTOR + DESCRIPTOR_SIZE)
  const end = image.length - HASH
  image[end - 1] = checksumOf(image.subarray(DESCRIPTOR, dataEnd))
  image.set(sha256(image.subarray(0, end)), end)
  return image
}

export function sha256(bytes: Uint8Array): Uint8Array {
  const digest = nodeVerifier.digest()
  digest.write(bytes)
  return digest.close()
}

/** What the boot loader's checksum makes of a segment. */
function checksumOf(data: Uint8Array): number {
  let sum = CHECKSUM_START
  for (let i = 0; i < data.length; i++) sum ^= data[i]!
  return sum
}
