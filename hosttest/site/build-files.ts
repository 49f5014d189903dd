import { readFileSync } from 'node:fs'
import { type Firmware, firmwareOf, pieceOf } from '../../site/flash/firmware.js'
import { tableOf } from '../../site/flash/partition-table.js'
import { HASH, makeImage, sha256 } from '../../twin/image.js'
import { imageEnd } from '../../twin/image-check.js'

/** The tables of the repository, as a release has them. */
export const TABLES = {
  two: readFileSync(new URL('../../manifests/partitions.csv', import.meta.url), 'utf8'),
  one: readFileSync(new URL('../../manifests/partitions-one-slot.csv', import.meta.url), 'utf8'),
}

/** Mode DIO, 2 MB and 80 MHz, in the header of a boot loader. */
const [DIO, TWO_MB_80M] = [2, 0x1f]

/** A boot loader as a build makes it: an image without the descriptor of an application. */
function makeBootLoader(chip = 'esp32', size = 20_000): Uint8Array {
  const image = makeImage({ version: '0', chip, size, seed: 2 })
  image.set([DIO, TWO_MB_80M], 2)
  image.set([0x50, 0, 0, 0], 32)
  return hashed(image)
}

function hashed(image: Uint8Array): Uint8Array {
  const end = imageEnd(image)!
  image.set(sha256(image.subarray(0, end)), end)
  return image.subarray(0, end + HASH)
}

export interface FilesOptions {
  readonly chip?: string
  readonly version?: string
  readonly variant?: string
  readonly size?: number
  readonly csv?: string
  readonly seed?: number
}

/** The files of a build. */
export function buildFiles({
  chip,
  version = '0.2.0',
  variant = 'devkit',
  size = 60_000,
  csv = TABLES.two,
  seed = 1,
}: FilesOptions = {}) {
  const table = tableOf(csv)
  if (!table.ok) throw new Error(table.error)
  return [
    { name: 'bootloader.bin', bytes: makeBootLoader(chip) },
    { name: 'partition-table.bin', bytes: table.value },
    { name: 'xs_esp32.bin', bytes: makeImage({ version, variant, size, seed, ...(chip && { chip }) }) },
  ]
}

/** What these files are together. */
export function firmware(options: FilesOptions = {}): Firmware {
  const made = firmwareOf(
    buildFiles(options).map((file) => {
      const piece = pieceOf(file)
      if (!piece.ok) throw new Error(piece.error)
      return piece.value
    }),
  )
  if (!made.ok) throw new Error(made.error)
  return made.value
}
