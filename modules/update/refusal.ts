import type { ImageFacts } from '../ports/image.js'
import type { Manifest } from './manifest.js'
import type { FailedImage } from './record.js'
import { compareReleases } from './release.js'

/** What decides whether a signed image may be installed. */
export interface Installing {
  /** The image that runs. */
  readonly runs: ImageFacts
  /** Bytes of the slot. */
  readonly room: number
  readonly failed: FailedImage | undefined
  readonly force: boolean
}

/** Why this image is not installed here; undefined when it is. */
export function refusalOf(manifest: Manifest, { runs, room, failed, force }: Installing): string | undefined {
  if (manifest.project !== runs.project) return 'other project'
  if (manifest.chip !== runs.chip) return 'other chip'
  if (manifest.variant !== runs.variant) return 'other variant'
  if (manifest.length > room) return 'too large'
  if (force) return undefined
  const order = compareReleases(manifest.version, runs.version)
  if (order < 0) return 'older than what runs'
  if (order === 0) return 'the same version runs'
  if (failed?.needsForce && failed.sha256 === manifest.sha256) return `failed before: ${failed.reason}`
  return undefined
}
