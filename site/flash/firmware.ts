import type { Partition } from '../../image/partitions.js'
import { PROJECT } from '../../modules/app/version.js'
import { failure, type Result, success } from '../../modules/codec/result.js'
import { decodeUtf8 } from '../../modules/codec/utf8.js'
import { visible } from '../../modules/codec/visible.js'
import { HEAD } from '../../modules/update/manifest.js'
import { DESCRIPTOR, DESCRIPTOR_MAGIC, IMAGE_MAGIC } from '../../twin/image.js'
import { readImage } from '../../twin/image-check.js'
import { bootLoaderChip } from './boot-loader.js'
import { isTable, readTable, tableOf } from './partition-table.js'

/** A file that somebody has chosen. */
export interface ChosenFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What a file is, by its content; its name does not matter. */
export type Piece =
  | { readonly kind: 'boot loader'; readonly bytes: Uint8Array; readonly chip: string }
  | { readonly kind: 'partition table'; readonly bytes: Uint8Array; readonly partitions: readonly Partition[] }
  | ({ readonly kind: 'program'; readonly bytes: Uint8Array } & ProgramFacts)
  | { readonly kind: 'not needed' }

export interface ProgramFacts {
  readonly chip: string
  /** The board that it was built for, with what it knows: `daughterboard-ble`. */
  readonly variant: string
  readonly version: string
}

/** The three files that make a board start. */
export interface Firmware {
  readonly bootLoader: Uint8Array
  readonly table: Uint8Array
  readonly partitions: readonly Partition[]
  readonly program: Uint8Array
  readonly facts: ProgramFacts
}

/** Bytes of the largest file that is looked at. */
export const MOST_BYTES = 16 * 1024 * 1024
const SIGNED = 'METERLOGGER UPDATE '
const LONGEST_CSV = 0x4000

/** What a file is. The error names the file and says what is wrong with it. */
export function pieceOf({ name, bytes }: ChosenFile): Result<Piece> {
  const piece = bytes.length > MOST_BYTES ? failure('larger than any flash') : recognised(bytes)
  return piece.ok ? piece : failure(`${visible(name)}: ${piece.error}`)
}

function recognised(bytes: Uint8Array): Result<Piece> {
  // The head is for devices that fetch the file; the image behind it has a hash of its own.
  if (decodeUtf8(bytes.subarray(0, SIGNED.length)) === SIGNED) return programOf(bytes.subarray(HEAD))
  if (isTable(bytes)) return tablePiece(bytes)
  if (bytes[0] === IMAGE_MAGIC) {
    if (hasDescriptor(bytes)) return programOf(bytes)
    const chip = bootLoaderChip(bytes)
    return chip.ok ? success({ kind: 'boot loader', bytes, chip: chip.value }) : chip
  }
  // Of the build, ota_data_initial.bin: what it would write is written anyway.
  if (bytes.length > 0 && bytes.every((byte) => byte === 0xff)) return success({ kind: 'not needed' })
  const csv = bytes.length < LONGEST_CSV && !bytes.includes(0) ? decodeUtf8(bytes) : ''
  if (!/^\w+ *, *(app|data) *,/m.test(csv)) return failure('no boot loader, partition table or program of an ESP32')
  const table = tableOf(csv)
  return table.ok ? tablePiece(table.value) : table
}

function tablePiece(bytes: Uint8Array): Result<Piece> {
  const partitions = readTable(bytes)
  return partitions.ok ? success({ kind: 'partition table', bytes, partitions: partitions.value }) : partitions
}

function hasDescriptor(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return bytes.length >= DESCRIPTOR + 4 && view.getUint32(DESCRIPTOR, true) === DESCRIPTOR_MAGIC
}

function programOf(bytes: Uint8Array): Result<Piece> {
  const image = readImage(bytes)
  if (!image.ok) return image
  const { project, chip, variant, version } = image.value
  if (project !== PROJECT) return failure(`the program "${visible(project)}", not the MeterLogger`)
  return success({ kind: 'program', bytes, chip, variant: visible(variant), version: visible(version) })
}

/** The firmware that files make together. The error says which one lacks or does not fit. */
export function firmwareOf(pieces: readonly Piece[]): Result<Firmware> {
  const bootLoader = only(pieces, 'boot loader', 'bootloader.bin')
  if (!bootLoader.ok) return bootLoader
  const table = only(pieces, 'partition table', 'partition-table.bin, or of a release partitions.csv')
  if (!table.ok) return table
  const program = only(pieces, 'program', 'xs_esp32.bin, or of a release its .bin or .signed')
  if (!program.ok) return program
  const { chip, variant, version } = program.value
  if (bootLoader.value.chip !== chip)
    return failure(`the boot loader is for ${bootLoader.value.chip}, the program for ${chip}: they are of two builds`)
  return success({
    bootLoader: bootLoader.value.bytes,
    table: table.value.bytes,
    partitions: table.value.partitions,
    program: program.value.bytes,
    facts: { chip, variant, version },
  })
}

function only<K extends Exclude<Piece['kind'], 'not needed'>>(
  pieces: readonly Piece[],
  kind: K,
  names: string,
): Result<Extract<Piece, { kind: K }>> {
  const found = pieces.filter((piece): piece is Extract<Piece, { kind: K }> => piece.kind === kind)
  if (found.length === 0) return failure(`the ${kind} is missing: ${names}`)
  if (found.length > 1) return failure(`there are ${found.length} files with a ${kind}: choose one`)
  return success(found[0]!)
}
