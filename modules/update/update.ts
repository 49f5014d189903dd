import { toHex } from '../codec/hex.js'
import { pairsText } from '../codec/pairs.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { ImageFacts } from '../ports/image.js'
import type { SlotsPort } from '../ports/slots.js'
import type { StoragePort } from '../ports/storage.js'
import type { TcpConnect } from '../ports/tcp.js'
import type { Digest, VerifierPort } from '../ports/verifier.js'
import type { SlotError } from '../storage/slots.js'
import { parseAddress } from './address.js'
import { Download, type DownloadHost } from './download.js'
import { type Manifest, openHead } from './manifest.js'
import { Probation, type ProbationHost } from './probation.js'
import { type Trial, UpdateRecord, type UpdateRequest } from './record.js'
import { refusalOf } from './refusal.js'
import { SlotReader, SlotWriter } from './slot-writer.js'

export interface UpdateOptions {
  readonly clock: Clock
  readonly storage: StoragePort
  /** Undefined on a board whose table has one slot. */
  readonly slots: SlotsPort | undefined
  readonly connectTcp: TcpConnect
  readonly verifier: VerifierPort
  /** The image that runs. */
  readonly image: ImageFacts
  /** Whose updates are taken; undefined where nobody's are. */
  readonly updateKey: Uint8Array | undefined
  log(text: string): void
}

/** What an update asks and tells. An object, because closures would take more RAM. */
export interface UpdateHost {
  /** Messages, and samples among them, that the broker has acknowledged since power-on. */
  readonly delivered: number
  readonly deliveredSamples: number
  /** Whether the meter was read of late. */
  readonly meterWasRead: boolean
  /** Whether the line to the meter or a page of the portal needs the time now. */
  isBusy(): boolean
  /** Publishes how an update goes on. */
  tell(text: string): void
  onUpdating(isUpdating: boolean): void
  onFlashError(error: SlotError): void
  restart(): void
}

/**
 * What the device does for an update.
 *
 * | state | what it does | what moves it on |
 * |---|---|---|
 * | idle | nothing | a command; at power-on what was under way |
 * | fetching | fetches head and image and writes the image into the slot | the image is whole, refused or given up |
 * | checking | reads the slot back | the hash is right, or not |
 * | restarting | tells it and restarts | power-on of the new image |
 * | probation | waits for the new image to prove itself | it has, or six minutes have passed: the old one comes back |
 */
type State =
  | { readonly at: 'idle' | 'restarting' }
  | {
      readonly at: 'fetching'
      readonly request: UpdateRequest
      readonly download: Download
      writer?: SlotWriter
      manifest?: Manifest
    }
  | { readonly at: 'checking'; readonly manifest: Manifest; readonly reader: SlotReader; readonly digest: Digest }
  | { readonly at: 'probation'; readonly probation: Probation }

const IDLE: State = Object.freeze({ at: 'idle' })

/** What is written is stored so often that a power cut costs little, and so seldom that it wears nothing. */
const MARK = 65_536
/** Bytes that are read back in one turn. */
const CHECKED = 4_096
/** The broker hears of the restart first. */
const TELL_TIME = 3_000
/** Then the broker has been told. */
const TOLD = 60_000

const WENT_BACK: Readonly<Record<Trial['stage'], string>> = Object.freeze({
  asked: 'never started',
  started: 'crashed or lost power',
  network: 'the broker was not reached',
  meter: 'the meter was not read',
})

/**
 * Updates of the image: signed by the owner of the update key, written into the slot that does not run, started on
 * probation, and given up for the old one when they do not prove themselves.
 */
export class Update implements DownloadHost, ProbationHost {
  #options: UpdateOptions
  #host: UpdateHost
  #record: UpdateRecord
  #state: State = IDLE
  #timer: Timer | undefined
  #told: Timer | undefined
  #percent = 0

  constructor(options: UpdateOptions, host: UpdateHost) {
    this.#options = options
    this.#host = host
    this.#record = new UpdateRecord(options.storage, (error) => host.onFlashError(error))
  }

  get delivered(): number {
    return this.#host.delivered
  }

  get deliveredSamples(): number {
    return this.#host.meterWasRead ? this.#host.deliveredSamples : 0
  }

  start(): void {
    const { slots } = this.#options
    if (slots === undefined) return
    const { trial, request } = this.#record.state
    if (trial !== undefined && trial.slot !== slots.running) this.#onWentBack(trial)
    else if (trial !== undefined || slots.isOnProbation) this.#onFirstStart(trial)
    else if (request !== undefined) this.#fetch(request)
  }

  close(): void {
    const { clock } = this.#options
    clock.clear(this.#timer)
    clock.clear(this.#told)
    const state = this.#state
    if (state.at === 'fetching') state.download.close()
    else if (state.at === 'probation') state.probation.close()
    this.#state = IDLE
  }

  /** The broker is connected: it is told what became of the last update, unless it was told already. */
  onConnected(): void {
    const { outcome } = this.#record.state
    if (outcome === undefined || this.#told !== undefined) return
    this.#host.tell(outcome)
    this.#told = this.#options.clock.set(() => {
      this.#told = undefined
      if (this.#record.state.outcome === outcome) this.#record.change({ outcome: undefined })
    }, TOLD)
  }

  /** Takes a command, in place of an update that is being fetched. @returns what to answer */
  offer(request: UpdateRequest): string {
    const { version } = request
    const refusal = this.#refusal(request)
    if (refusal !== undefined) return text('refused', version, { reason: refusal })
    this.close()
    if (!this.#record.change({ request, outcome: undefined })) return text('refused', version, { reason: 'flash' })
    this.#fetch(request)
    return text('accepted', version)
  }

  isBusy(): boolean {
    return this.#host.isBusy()
  }

  onHead(head: Uint8Array): { readonly length: number; readonly from: number } | undefined {
    const state = this.#state
    const { slots, updateKey, verifier, image, log } = this.#options
    if (state.at !== 'fetching' || slots === undefined || updateKey === undefined) return undefined
    const opened = openHead(head, updateKey, verifier)
    if (!opened.ok) {
      this.#end('refused', state.request.version, opened.error)
      return undefined
    }
    const manifest = opened.value
    const { mark, sha256, failed } = this.#record.state
    const { force, version } = state.request
    const refusal =
      manifest.version === version
        ? refusalOf(manifest, { runs: image, room: slots.spare.size, failed, force })
        : `the file is version ${manifest.version}`
    if (refusal !== undefined) {
      this.#end('refused', version, refusal)
      return undefined
    }
    const from = manifest.sha256 === sha256 && mark <= manifest.length ? mark : 0
    if (from === 0 && !this.#record.change({ sha256: manifest.sha256, mark: 0 })) {
      this.#end('failed', version, 'flash')
      return undefined
    }
    log(`update: ${version}, ${manifest.length} bytes from ${from}`)
    state.manifest = manifest
    state.writer = new SlotWriter(slots.spare, from)
    this.#percent = 0
    return { length: manifest.length, from }
  }

  onImage(bytes: Uint8Array): boolean {
    const state = this.#state
    if (state.at !== 'fetching' || state.writer?.write(bytes)) return state.at === 'fetching'
    this.#end('failed', state.request.version, 'flash')
    return false
  }

  onProgress(position: number): void {
    const state = this.#state
    if (state.at !== 'fetching' || state.manifest === undefined) return
    const { length, version } = state.manifest
    const mark = position - (position % MARK)
    if (mark > this.#record.state.mark) this.#record.change({ mark })
    const percent = 10 * Math.floor((10 * position) / length)
    if (percent <= this.#percent || percent === 100) return
    this.#percent = percent
    this.#host.tell(text('fetching', version, { percent: String(percent) }))
  }

  onWhole(): void {
    const state = this.#state
    const { slots, verifier } = this.#options
    if (state.at !== 'fetching' || state.manifest === undefined || slots === undefined) return
    const { manifest } = state
    const digest = verifier.digest()
    this.#state = { at: 'checking', manifest, digest, reader: new SlotReader(slots.spare, manifest.length, digest) }
    this.#check()
  }

  onGivenUp(reason: string): void {
    if (this.#state.at === 'fetching') this.#end('failed', this.#state.request.version, reason)
  }

  onProven(): void {
    const { slots, image, log } = this.#options
    if (!slots!.keep()) {
      log('update: flash does not take that the image has proven itself')
      return this.#onFirstStart(this.#record.state.trial)
    }
    this.#state = IDLE
    const outcome = text('good', this.#record.state.trial?.version ?? image.version)
    this.#record.change({ trial: undefined, failed: undefined, request: undefined, outcome })
    this.onConnected()
  }

  onNotProven(stage: 'network' | 'meter'): void {
    const { slots, log } = this.#options
    const { trial } = this.#record.state
    if (trial !== undefined) this.#record.change({ trial: { ...trial, stage } })
    log(`update: ${WENT_BACK[stage]}; the image before comes back`)
    slots!.giveUp()
    // There is nothing to go back to: better this image than none.
    this.#state = IDLE
    if (slots!.keep()) this.#record.change({ trial: undefined })
  }

  #refusal({ url }: UpdateRequest): string | undefined {
    const { slots, updateKey } = this.#options
    if (slots === undefined) return 'no second slot'
    if (updateKey === undefined) return 'no update key'
    const { at } = this.#state
    if (at === 'restarting' || at === 'probation') return 'busy'
    const address = parseAddress(url)
    return address.ok ? undefined : address.error
  }

  #fetch(request: UpdateRequest): void {
    const { clock, connectTcp } = this.#options
    const address = parseAddress(request.url)
    if (!address.ok) return this.#end('refused', request.version, address.error)
    this.#host.onUpdating(true)
    this.#state = { at: 'fetching', request, download: new Download(clock, connectTcp, address.value, this) }
  }

  #check(): void {
    const state = this.#state
    if (state.at !== 'checking') return
    const { version, sha256 } = state.manifest
    if (!state.reader.read(CHECKED)) return this.#end('failed', version, 'flash')
    if (!state.reader.isDone) {
      this.#timer = this.#options.clock.set(() => this.#check(), 0)
      return
    }
    if (toHex(state.digest.close()) === sha256) return this.#install(state.manifest)
    this.#record.change({ mark: 0 })
    this.#end('refused', version, 'wrong hash')
  }

  #install({ version, sha256 }: Manifest): void {
    const { clock, log } = this.#options
    const slots = this.#options.slots!
    const { meterWasRead } = this.#host
    const trial: Trial = { slot: 1 - slots.running, version, sha256, meterWasRead, stage: 'asked' }
    if (!this.#record.change({ trial, request: undefined, mark: 0, sha256: '' }))
      return this.#end('failed', version, 'flash')
    if (!slots.startSpareNext()) {
      this.#record.change({ trial: undefined })
      return this.#end('failed', version, 'the boot loader would not start it')
    }
    log(`update: restarting with ${version}`)
    this.#state = { at: 'restarting' }
    this.#host.tell(text('restarting', version))
    this.#timer = clock.set(() => this.#host.restart(), TELL_TIME)
  }

  #onFirstStart(trial: Trial | undefined): void {
    if (trial?.stage === 'asked') this.#record.change({ trial: { ...trial, stage: 'started' } })
    const probation = new Probation(this.#options.clock, this, trial?.meterWasRead ?? true)
    this.#state = { at: 'probation', probation }
  }

  #onWentBack({ stage, version, sha256 }: Trial): void {
    const reason = WENT_BACK[stage]
    this.#options.log(`update: ${version} ${reason}`)
    const failed = { sha256, reason, needsForce: stage === 'asked' || stage === 'started' }
    this.#record.change({ trial: undefined, failed, outcome: text('rolled_back', version, { reason }) })
  }

  #end(state: 'refused' | 'failed', version: string, reason: string): void {
    this.close()
    this.#host.onUpdating(false)
    this.#options.log(`update: ${version} ${state}: ${reason}`)
    const outcome = text(state, version, { reason })
    if (!this.#record.change({ request: undefined, outcome })) return this.#host.tell(outcome)
    this.onConnected()
  }
}

function text(state: string, version: string, more: Readonly<Record<string, string>> = {}): string {
  return pairsText({ state, version, ...more })
}
