import type { ImageFacts } from '../ports/image.js'
import type { Manifest } from './manifest.js'
import type { FailedImage, UpdateRequest } from './record.js'
import { compareReleases } from './release.js'

/** What decides whether a signed image may be installed. */
export interface Installing {
  /** The image that runs. */
  readonly runs: ImageFacts
  /** Bytes of the slot. */
  readonly room: number
  readonly failed: FailedImage | undefined
  /** What a command has asked for; undefined where somebody uploads the image. */
  readonly request: UpdateRequest | undefined
}

/** Why this image is not installed here; undefined when it is. */
export function refusalOf(manifest: Manifest, { runs, room, failed, request }: Installing): string | undefined {
  const { version } = manifest
  if (request !== undefined && request.version !== version) return `the file is version ${version}`
  if (manifest.project !== runs.project) return 'other project'
  if (manifest.chip !== runs.chip) return 'other chip'
  if (manifest.variant !== runs.variant) return 'other variant'
  if (manifest.length > room) return 'too large'
  if (request?.force) return undefined
  const order = compareReleases(version, runs.version)
  if (order < 0) return 'older than what runs'
  if (order === 0) return 'the same version runs'
  if (failed?.needsForce && failed.sha256 === manifest.sha256) return `failed before: ${failed.reason}`
  return undefined
}
