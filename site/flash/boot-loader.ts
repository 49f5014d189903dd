import { failure, type Result, success } from '../../modules/codec/result.js'
import { CHIPS, HASH, HEADER, IMAGE_MAGIC, sha256 } from '../../twin/image.js'
import { imageEnd } from '../../twin/image-check.js'

/*
 * Of a boot loader's header (esp_app_format.h of ESP-IDF v6.0) byte 2 is the mode in which flash is read, the low half of
 * byte 3 how fast, and the high half how much flash there is: 0 for 1 MB, 1 for 2 MB, and so on. The chip's ROM goes by these.
 */
const MEGABYTE = 0x10_0000

/** Where each chip's ROM looks for the boot loader (ESP-IDF, components/bootloader/Kconfig.projbuild). */
export const BOOT_LOADER_AT: Readonly<Record<string, number>> = { esp32: 0x1000, esp32c3: 0 }

/** The chip that a boot loader is for. The error says what the file is instead. */
export function bootLoaderChip(image: Uint8Array): Result<string> {
  if (image[0] !== IMAGE_MAGIC || image.length < HEADER) return failure('no boot loader')
  const id = image[12]! | (image[13]! << 8)
  const chip = CHIPS[id]
  if (chip === undefined) return failure(`a boot loader for another chip, number ${id}`)
  const end = imageEnd(image)
  if (end === undefined || end + HASH > image.length) return failure('a boot loader that is cut off')
  if (image[HEADER - 1] !== 1) return failure('a boot loader without a hash')
  const isSame = sha256(image.subarray(0, end)).every((byte, i) => byte === image[end + i])
  return isSame ? success(chip) : failure('a damaged boot loader: it has another hash than it says')
}

/** A boot loader that knows how much flash the board has, with the hash that belongs to that. @param size bytes */
export function withFlashSize(bootLoader: Uint8Array, size: number): Uint8Array {
  const image = bootLoader.slice()
  image[3] = (Math.log2(size / MEGABYTE) << 4) | (image[3]! & 0x0f)
  const end = imageEnd(image)!
  image.set(sha256(image.subarray(0, end)), end)
  return image
}
