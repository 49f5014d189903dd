import type { Digest } from '../ports/verifier.js'
import type { Manifest } from './manifest.js'
import type { UpdateRequest } from './record.js'
import type { SlotReader, SlotWriter } from './slot-writer.js'
import type { Source } from './source.js'

/**
 * What the device does for an update.
 *
 * | state | what it does | what moves it on |
 * |---|---|---|
 * | idle | nothing | a command or an upload; at power-on what a command had asked for |
 * | fetching | writes the image into the slot as it comes | the image is whole, refused or given up |
 * | checking | reads the slot back | the hash is right, or not |
 * | restarting | tells it and restarts | power-on of the new image |
 */
export type State =
  | { readonly at: 'idle' }
  | {
      readonly at: 'fetching'
      readonly source: Source
      /** What a command has asked for; undefined where somebody uploads the file. */
      readonly request: UpdateRequest | undefined
      writer?: SlotWriter
      manifest?: Manifest
    }
  | { readonly at: 'checking'; readonly manifest: Manifest; readonly reader: SlotReader; readonly digest: Digest }
  | { readonly at: 'restarting'; readonly manifest: Manifest }

export const IDLE: State = Object.freeze({ at: 'idle' } as const)

/** How an update is going, for people. */
export interface UpdateProgress {
  readonly at: State['at'] | 'probation'
  /** Of the image on its way, once its head was checked. */
  readonly version: string
  /** 0 to 100 */
  readonly percent: number
  /** Why the last update since power-on did not go on; empty when none has failed. */
  readonly reason: string
}

export function progressOf(state: State, isOnProbation: boolean, reason: string): UpdateProgress {
  const manifest = 'manifest' in state ? state.manifest : undefined
  const position = state.at === 'fetching' ? (state.writer?.position ?? 0) : (manifest?.length ?? 0)
  return {
    at: isOnProbation ? 'probation' : state.at,
    version: manifest?.version ?? '',
    percent: manifest === undefined ? 0 : Math.floor((100 * position) / manifest.length),
    reason,
  }
}

/** The version of the image on its way, as far as it is known. */
export function versionOf({ manifest, request }: Extract<State, { at: 'fetching' }>): string {
  return manifest?.version ?? request?.version ?? ''
}
