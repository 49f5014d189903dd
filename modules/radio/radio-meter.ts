import type { Reading } from '../meters/meter.js'
import type { CryptoPort } from '../ports/crypto.js'
import type { StoragePort } from '../ports/storage.js'
import type { SlotError } from '../storage/slots.js'
import { meterIdOf, parseMeterId } from '../wmbus/data-link.js'
import { type DecodeOptions, decodeTelegram } from '../wmbus/decode.js'
import { type KnownHeader, Signatures } from '../wmbus/signatures.js'
import type { Telegram } from '../wmbus/telegram.js'
import { DerivedFlow } from './derived-flow.js'
import { driverOf, KNOWN_HEADERS } from './detect.js'
import type { RadioDriver } from './driver.js'
import { HeaderProof } from './header-proof.js'
import { isUnconfirmed, KeyJudge, type KeyVerdict } from './key-verdict.js'
import type { WaterMeter } from './meter-list.js'
import { type Claim, type Doubt, Plausibility } from './plausibility.js'
import { infoOf, readingOf, readingText, totalOf } from './reading.js'
import { RadioMeterState } from './state.js'

export interface RadioMeterEvents {
  /** Called at most once a minute. */
  onReading(reading: Reading, at: number): void
  /** Called with the meter's state when it has changed and once a day: `key=right&status=DRY&dry=4-7 days&`. */
  onInfo(id: string, text: string, at: number): void
  /** Flash has refused a write after one that it took. The meter tries again. */
  onFlashError?(error: SlotError): void
}

export interface RadioMeterOptions extends RadioMeterEvents {
  readonly crypto: CryptoPort
  readonly storage: StoragePort
}

const SAMPLE_PERIOD = 60_000
const STATE_PERIOD = 3_600_000
/** Shortest time between two writes of what was learned, or of what flash has refused. */
const SOON = 600_000
const INFO_PERIOD = 86_400_000

/** What `meter_info` says of a meter that is heard well and not believed. */
const DOUBTS: Readonly<Record<Doubt, string>> = Object.freeze({
  total: 'total=jumped&',
  clock: 'clock=jumped&',
})

/** One radio meter of this device. It believes telegrams that are new and plausible, and reports one a minute. */
export class RadioMeter {
  readonly id: string
  /** The id as `TelegramRecord.meterId` has it. */
  readonly number: number
  #secret: Uint8Array
  #events: RadioMeterEvents
  #state: RadioMeterState
  #options: DecodeOptions
  #plausibility: Plausibility | undefined
  #flow = new DerivedFlow()
  #signatures: Signatures
  #headers: HeaderProof
  #key = new KeyJudge()
  #info = ''
  #last: { readonly driver: RadioDriver; readonly telegram: Telegram; readonly at: number } | undefined
  #sampledAt = Number.NEGATIVE_INFINITY
  #savedAt = Number.NEGATIVE_INFINITY
  /** Flash has refused the last write. */
  #isRefused = false
  #informedAt = Number.NEGATIVE_INFINITY

  /** @param known headers that are known beside those that the meter teaches */
  constructor({ id, key }: WaterMeter, options: RadioMeterOptions, known = KNOWN_HEADERS) {
    this.id = id
    this.number = parseMeterId(id)!
    this.#secret = key
    this.#events = options
    this.#state = new RadioMeterState(options.storage, id)
    this.#signatures = Signatures.fromBytes(this.#state.signatures, known)
    this.#headers = new HeaderProof(this.#signatures)
    this.#options = { key, crypto: options.crypto, signatures: this.#signatures }
  }

  /** Reads with other headers beside those that the meter has taught. The verdict on the key begins anew. */
  know(known: readonly KnownHeader[]): void {
    this.#signatures = Signatures.fromBytes(this.#signatures.toBytes(), known)
    this.#headers = new HeaderProof(this.#signatures)
    this.#options = { ...this.#options, signatures: this.#signatures }
    this.#key = new KeyJudge()
  }

  get key(): KeyVerdict {
    return this.#key.verdict
  }

  /** Why the meter is not believed, though it is heard well. */
  get doubt(): Doubt | undefined {
    return this.#plausibility?.doubt
  }

  /** Returns whether id and key are those of this meter. */
  matches({ id, key }: WaterMeter): boolean {
    return id === this.id && key.every((byte, i) => byte === this.#secret[i])
  }

  /** The last telegram that was believed, and when the meter sent it, in ms on the monotonic clock. */
  get lastReading(): { readonly reading: Reading; readonly at: number } | undefined {
    if (this.#last === undefined) return undefined
    const { driver, telegram, at } = this.#last
    return { reading: readingOf(driver, telegram, undefined), at }
  }

  /**
   * @param frame wireless M-Bus of format B; not kept
   * @param at when the meter sent it, in ms on the monotonic clock
   */
  receive(frame: Uint8Array, at: number): void {
    if (meterIdOf(frame) !== this.number) return
    const telegram = decodeTelegram(frame, this.#options)
    const isGuess = this.#headers.isGuess(telegram)
    const isNews = this.#key.take(telegram, at, isGuess)
    const { doubt } = this
    if (this.#take(telegram, at)) return
    if (isGuess) return this.#show(telegram, at)
    const news = this.doubt
    if (isNews || news !== doubt) this.#inform(`key=${this.key}&${news === undefined ? '' : DOUBTS[news]}`, at)
  }

  /** Call this when there was time enough to hear the meter. */
  onSilence(at: number): void {
    if (this.key === 'not heard') this.#inform('key=not heard&', at)
  }

  /** Writes the state to flash. */
  save(): void {
    const last = this.#plausibility?.last
    if (last === undefined) return
    const error = this.#state.write(last, this.#signatures.toBytes())
    if (error !== undefined && !this.#isRefused) this.#events.onFlashError?.(error)
    this.#isRefused = error !== undefined
  }

  /** Forgets the meter, which is no longer on the list: whoever adds it again begins anew. */
  forget(): void {
    this.#state.forget()
  }

  /** Returns whether the telegram is believed. */
  #take(telegram: Telegram, at: number): boolean {
    const isProven = this.#headers.take(telegram, at)
    const { sessionNumber } = telegram
    const driver = driverOf(telegram)
    if (driver?.total === undefined || sessionNumber === undefined) return false
    const total = totalOf(driver, telegram)
    if (total === undefined) return false
    this.#plausibility ??= new Plausibility(driver.total.mostPerMinute, this.#state.last)
    const claim: Claim = { sessionNumber, total }
    if (this.#plausibility.judge(claim, at, isProven) !== 'believed') return false
    this.#key.accept()
    this.#last = { driver, telegram, at }
    this.#inform(infoOf(driver, telegram, this.key), at)
    if (at - this.#sampledAt >= SAMPLE_PERIOD) {
      this.#sampledAt = at
      const flow = driver.total.unit === 'l' ? this.#flow.next(total, at) : undefined
      this.#events.onReading(readingOf(driver, telegram, flow), at)
    }
    if (at - this.#savedAt >= (this.#signatures.isUnsaved || this.#isRefused ? SOON : STATE_PERIOD)) {
      this.#savedAt = at
      this.save()
    }
    return true
  }

  /** Tells what a guess makes of a telegram, while nothing better is known of the meter. No sample comes of it. */
  #show(telegram: Telegram, at: number): void {
    const driver = driverOf(telegram)
    if (!isUnconfirmed(this.key)) return
    if (driver === undefined) return this.#inform(`key=${this.key}&`, at)
    this.#last = { driver, telegram, at }
    this.#inform(infoOf(driver, telegram, this.key), at, () => readingText(readingOf(driver, telegram, undefined)))
  }

  /** @param values what changes too often to be told for its own sake */
  #inform(text: string, at: number, values = () => ''): void {
    if (text === this.#info && at - this.#informedAt < INFO_PERIOD) return
    this.#info = text
    this.#informedAt = at
    this.#events.onInfo(this.id, text + values(), at)
  }
}
