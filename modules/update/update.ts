import { toHex } from '../codec/hex.js'
import type { Timer } from '../ports/clock.js'
import { parseAddress } from './address.js'
import { Download, type DownloadHost } from './download.js'
import type { UpdateHost } from './host.js'
import { type Manifest, openHead } from './manifest.js'
import type { UpdateOptions } from './options.js'
import { Outcome, updateText } from './outcome.js'
import { type Trial, UpdateRecord, type UpdateRequest } from './record.js'
import { refusalOf } from './refusal.js'
import { markAt, SlotReader, SlotWriter } from './slot-writer.js'
import { IDLE, progressOf, type State, type UpdateProgress, versionOf } from './state.js'
import { TrialRun } from './trial-run.js'
import { Upload } from './upload.js'

/** The broker hears of the restart first. */
const TELL_TIME = 3_000

/**
 * Updates of the image: signed by the owner of the update key, written into the slot that does not run, started on
 * probation, and given up for the old one when they do not prove themselves.
 */
export class Update implements DownloadHost {
  #options: UpdateOptions
  #host: UpdateHost
  #record: UpdateRecord
  #outcome: Outcome
  #trialRun: TrialRun
  #state: State = IDLE
  #timer: Timer | undefined
  #percent = 0
  #reason = ''

  constructor(options: UpdateOptions, host: UpdateHost) {
    const { clock, storage, budget } = options
    this.#options = options
    this.#host = host
    this.#record = new UpdateRecord(storage, budget, (error) => host.onFlashError(error))
    this.#outcome = new Outcome(clock, this.#record, host)
    this.#trialRun = new TrialRun(options, host, this.#record, this.#outcome)
  }

  get progress(): UpdateProgress {
    return progressOf(this.#state, this.#trialRun.isRunning, this.#reason)
  }

  /** A turn later, because the start of everything is the longest turn. */
  start(): void {
    if (this.#options.slots !== undefined) this.#timer = this.#options.clock.set(() => this.#begin(), 0)
  }

  close(): void {
    this.#outcome.close()
    this.#trialRun.close()
    this.#stop()
  }

  /** The broker is connected: it is told what became of the last update, unless it was told already. */
  onConnected(): void {
    this.#outcome.onConnected()
  }

  /** Takes a command, in place of an update that is being fetched. @returns what to answer */
  offer(request: UpdateRequest): string {
    const { version, url } = request
    const address = parseAddress(url)
    const refusal = this.#refusal() ?? (address.ok ? undefined : address.error)
    if (refusal !== undefined) return updateText('refused', version, { reason: refusal })
    this.#stop()
    this.#outcome.close()
    if (!this.#record.change({ request, outcome: undefined }))
      return updateText('refused', version, { reason: 'flash' })
    this.#fetch(request)
    return updateText('accepted', version)
  }

  /**
   * Takes a piece of a signed file that somebody sends from its first byte on.
   * @param at where in the file the piece begins
   * @returns the byte that has to come next; undefined when none has to: `progress` says why
   */
  upload(at: number, piece: Uint8Array): number | undefined {
    if (at === 0) this.#beginUpload()
    const state = this.#state
    if (state.at !== 'fetching' || !(state.source instanceof Upload)) return undefined
    state.source.take(at, piece)
    return this.#state === state ? state.source.next : undefined
  }

  isBusy(): boolean {
    return this.#host.isBusy()
  }

  onHead(head: Uint8Array): { readonly length: number; readonly from: number } | undefined {
    const state = this.#state
    const { slots, updateKey, verifier, image, budget, log } = this.#options
    if (state.at !== 'fetching' || slots === undefined || updateKey === undefined) return undefined
    const { request } = state
    const opened = openHead(head, updateKey, verifier)
    if (!opened.ok) return this.#end('refused', request?.version ?? '', opened.error)
    const manifest = opened.value
    const { version, length, sha256 } = manifest
    const { failed, mark, sha256: known } = this.#record.state
    const refusal = refusalOf(manifest, { runs: image, room: slots.spare.size, failed, request })
    if (refusal !== undefined) return this.#end('refused', request?.version ?? version, refusal)
    state.manifest = manifest
    const isKnown = known === sha256 && mark <= length
    if (!isKnown && !this.#record.change({ sha256, mark: 0 })) return this.#end('failed', version, 'flash')
    const from = isKnown ? mark : 0
    log(`update: ${version}, ${length} bytes from ${from}`)
    state.writer = new SlotWriter(slots.spare, from)
    this.#percent = 0
    if (request === undefined) {
      // Beginning anew each time would wear the first sector.
      budget.spend()
      this.#host.tell(updateText('accepted', version))
    }
    return { length, from }
  }

  onImage(bytes: Uint8Array): boolean {
    const state = this.#state
    if (state.at !== 'fetching' || state.manifest === undefined) return false
    if (state.writer?.write(bytes)) return true
    this.#end('failed', state.manifest.version, 'flash')
    return false
  }

  onProgress(position: number): void {
    const state = this.#state
    if (state.at !== 'fetching' || state.manifest === undefined) return
    const { length, version } = state.manifest
    const mark = markAt(position)
    if (mark > this.#record.state.mark) this.#record.change({ mark })
    const percent = 10 * Math.floor((10 * position) / length)
    if (percent <= this.#percent || percent === 100) return
    this.#percent = percent
    this.#host.tell(updateText('fetching', version, { percent: String(percent) }))
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
    const state = this.#state
    if (state.at === 'fetching') this.#end('failed', versionOf(state), `network: ${reason}`)
  }

  #begin(): void {
    this.#trialRun.start()
    const { request } = this.#record.state
    if (request !== undefined && !this.#trialRun.isRunning) this.#fetch(request)
  }

  #refusal(): string | undefined {
    const { slots, updateKey, budget } = this.#options
    if (slots === undefined) return 'no second slot'
    if (updateKey === undefined) return 'no update key'
    const isBusy = this.#state.at === 'restarting' || this.#trialRun.isRunning || budget.isSpent
    return isBusy ? 'busy' : undefined
  }

  #fetch(request: UpdateRequest): void {
    const { clock, connectTcp } = this.#options
    const address = parseAddress(request.url)
    if (!address.ok) return this.#end('refused', request.version, address.error)
    this.#host.onUpdating(true)
    this.#reason = ''
    this.#state = { at: 'fetching', request, source: new Download(clock, connectTcp, address.value, this) }
  }

  #beginUpload(): void {
    const state = this.#state
    // A command goes first: whoever is at the set-up pages does not put an update off.
    const isFree = state.at === 'idle' || (state.at === 'fetching' && state.request === undefined)
    // An image that cannot reach the broker would go back to the one before.
    const network = this.#host.brokerConnected ? undefined : 'network: the broker is not connected'
    const refusal = this.#refusal() ?? (isFree ? network : 'busy')
    if (isFree) this.#stop()
    this.#reason = refusal ?? ''
    if (refusal !== undefined) return
    this.#host.onUpdating(true)
    this.#state = { at: 'fetching', request: undefined, source: new Upload(this.#options.clock, this) }
  }

  #check(): void {
    const state = this.#state
    if (state.at !== 'checking') return
    const { version, sha256 } = state.manifest
    if (!state.reader.read()) return this.#end('failed', version, 'flash')
    if (!state.reader.isDone) {
      this.#timer = this.#options.clock.set(() => this.#check(), 0)
      return
    }
    if (toHex(state.digest.close()) === sha256) return this.#install(state.manifest)
    this.#record.change({ mark: 0 })
    this.#end('refused', version, 'wrong hash')
  }

  #install(manifest: Manifest): void {
    const { clock, log } = this.#options
    const { version, sha256 } = manifest
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
    this.#state = { at: 'restarting', manifest }
    this.#host.tell(updateText('restarting', version))
    this.#timer = clock.set(() => this.#host.restart(), TELL_TIME)
  }

  #end(state: 'refused' | 'failed', version: string, reason: string): undefined {
    const ended = this.#state
    this.#stop()
    this.#reason = reason
    this.#options.log(`update: ${version} ${state}: ${reason}`)
    // Whoever sends what nobody has signed is answered on the page alone: that neither wears flash nor bothers the broker.
    if (ended.at === 'fetching' && ended.request === undefined && ended.manifest === undefined) return
    const outcome = updateText(state, version, { reason })
    if (this.#record.change({ request: undefined, outcome })) this.#outcome.onStored()
    else this.#host.tell(outcome)
  }

  /** Ends what was fetched or checked. What is in flash stays. */
  #stop(): void {
    this.#options.clock.clear(this.#timer)
    const state = this.#state
    if (state.at === 'idle') return
    if (state.at === 'fetching') state.source.close()
    this.#state = IDLE
    this.#host.onUpdating(false)
  }
}
