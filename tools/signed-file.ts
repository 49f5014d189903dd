import { createHash, type KeyObject, sign } from 'node:crypto'
import { PROJECT } from '../modules/app/version.js'
import { failure, type Result, success } from '../modules/codec/result.js'
import { HEAD, type Manifest, openHead } from '../modules/update/manifest.js'
import { compareReleases } from '../modules/update/release.js'
import { readImage } from '../twin/image-check.js'
import { nodeVerifier } from '../twin/verifier.js'
import { encodeHead, signedText } from './signed-head.js'

/** Bytes of the largest signed file that anything here reads: as much as the flash of any ESP32. */
export const MOST_OF_SIGNED = 16 * 1024 * 1024

/** What the head takes for them. */
const VERSION = /^[\w.+-]{1,31}$/
const VARIANT = /^[\w.-]{1,31}$/

/** What an image is and for which boards, for its head. The error says what it is instead. */
export function manifestOf(image: Uint8Array): Result<Manifest> {
  const read = readImage(image)
  if (!read.ok) return read
  const { project, chip, variant, version } = read.value
  if (project !== PROJECT) return failure(`an image of the project "${project}", not of ${PROJECT}`)
  if (!VERSION.test(version)) return failure(`version "${version}": expected 1 to 31 letters, digits, dots and hyphens`)
  if (!VARIANT.test(variant)) return failure(`variant "${variant}": expected 1 to 31 letters, digits, dots and hyphens`)
  return success({ project, chip, variant, version, length: image.length, sha256: sha256(image) })
}

/** The image behind its signed head. */
export function signedFile(image: Uint8Array, manifest: Manifest, privateKey: KeyObject): Uint8Array {
  const text = Buffer.from(signedText(manifest))
  const signature = sign('sha256', text, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return Buffer.concat([encodeHead(manifest, signature), image])
}

/** What the head of a signed file says. Whether its owner has signed it, the devices find out. */
export function manifestIn(head: Uint8Array): Result<Manifest> {
  return openHead(head, new Uint8Array(64), { ...nodeVerifier, verify: () => true })
}

/** What a whole signed file says, when head and image belong together. */
export function manifestInFile(file: Uint8Array): Result<Manifest> {
  const manifest = manifestIn(file.subarray(0, HEAD))
  if (!manifest.ok) return manifest
  const { length, sha256: hash } = manifest.value
  const image = file.subarray(HEAD)
  if (image.length !== length) return failure(`expected an image of ${length} bytes, got ${image.length}`)
  return sha256(image) === hash ? manifest : failure('the image is not the one that was signed')
}

/** Whether devices can tell which of two versions is the newer one. */
export function isRelease(version: string): boolean {
  return compareReleases(version, '') > 0
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
