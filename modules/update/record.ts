import { parseObject } from '../codec/json.js'
import { decodeUtf8 } from '../codec/utf8.js'
import type { StoragePort } from '../ports/storage.js'
import { type SlotError, Slots } from '../storage/slots.js'
import type { WriteBudget } from '../storage/write-budget.js'

/** What somebody with the device's key has asked for. */
export interface UpdateRequest {
  readonly version: string
  readonly url: string
  /** Whether an older or the same version, or one that has failed here, is welcome. */
  readonly force: boolean
}

/** How far an image on probation has come. */
export type TrialStage = 'asked' | 'started' | 'network' | 'meter'

/** An image that was started for the first time, or is about to be. */
export interface Trial {
  readonly slot: number
  readonly version: string
  readonly sha256: string
  /** Whether the image before could read the meter. */
  readonly meterWasRead: boolean
  readonly stage: TrialStage
}

/** An image that did not prove itself. */
export interface FailedImage {
  readonly sha256: string
  readonly reason: string
  /** Whether it takes a forced command to try it again. */
  readonly needsForce: boolean
}

/** What the device knows of its updates over power-off. */
export interface UpdateState {
  readonly request?: UpdateRequest
  /** Bytes of the image with this hash that are in the slot. */
  readonly mark: number
  readonly sha256: string
  readonly trial?: Trial
  readonly failed?: FailedImage
  /** How the last one ended, when the broker has not been told yet. */
  readonly outcome?: string
}

type Kind = 'string' | 'number' | 'boolean'

const STAGES: readonly string[] = Object.freeze(['asked', 'started', 'network', 'meter'])

/** The record in flash. It is read when it is first asked for, and written a few times for each update, and every 64 kB. */
export class UpdateRecord {
  #slots: Slots
  #budget: WriteBudget
  #state: UpdateState | undefined
  #onFlashError: (error: SlotError) => void

  constructor(storage: StoragePort, budget: WriteBudget, onFlashError: (error: SlotError) => void) {
    this.#slots = new Slots(storage, 'update')
    this.#budget = budget
    this.#onFlashError = onFlashError
  }

  get state(): UpdateState {
    this.#state ??= parse(this.#slots.read())
    return this.#state
  }

  /** Changes and writes it. False when flash does not take it: it is as before then. */
  change(changes: Partial<UpdateState>): boolean {
    const state = { ...this.state, ...changes }
    this.#budget.spend()
    const error = this.#slots.writeText(JSON.stringify(state))
    if (error !== undefined) {
      this.#onFlashError(error)
      return false
    }
    this.#state = state
    return true
  }
}

/** What is damaged or of another form counts as nothing. */
function parse(bytes: Uint8Array | undefined): UpdateState {
  const stored = bytes === undefined ? undefined : parseObject(decodeUtf8(bytes))
  const { mark, sha256, outcome } = stored ?? {}
  const isMark = Number.isSafeInteger(mark) && (mark as number) >= 0 && typeof sha256 === 'string'
  return {
    mark: isMark ? (mark as number) : 0,
    sha256: isMark ? sha256 : '',
    request: parsed<UpdateRequest>(stored?.request, { version: 'string', url: 'string', force: 'boolean' }),
    trial: parseTrial(stored?.trial),
    failed: parsed<FailedImage>(stored?.failed, { sha256: 'string', reason: 'string', needsForce: 'boolean' }),
    outcome: typeof outcome === 'string' ? outcome : undefined,
  }
}

function parseTrial(value: unknown): Trial | undefined {
  const form = {
    slot: 'number',
    version: 'string',
    sha256: 'string',
    meterWasRead: 'boolean',
    stage: 'string',
  } as const
  const trial = parsed<Trial>(value, form)
  return trial !== undefined && STAGES.includes(trial.stage) ? trial : undefined
}

/** The value, when it has all members of the form and each is of that kind. */
function parsed<T extends object>(value: unknown, form: Record<keyof T, Kind>): T | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  for (const name of Object.keys(form) as (keyof T)[]) if (typeof (value as T)[name] !== form[name]) return undefined
  return value as T
}
