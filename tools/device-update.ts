import { parsePairs } from '../modules/codec/pairs.js'
import type { Clock, Timer } from '../modules/ports/clock.js'

/** How a device's update has ended. */
export interface Outcome {
  readonly state: 'good' | 'refused' | 'failed' | 'rolled_back' | 'silent'
  /** Why, where it is not good; or what else is to say. */
  readonly reason?: string
}

export interface DeviceUpdateHost {
  /** Publishes the command. @param hasAnswered whether the device has answered one before */
  offer(hasAnswered: boolean): void
  /** It has come to the next step: `accepted`, `fetching`, `restarting`. */
  onStep(step: string): void
  /** Nothing more is told after that. */
  onOutcome(outcome: Outcome): void
}

/** A command may have been lost, and a device that was busy may be free. */
const REPEAT = 60_000
/** The new image has 6 minutes to prove itself, and a while to tell that it goes back. */
const PROBATION = 420_000

const ENDS: readonly string[] = ['good', 'refused', 'failed', 'rolled_back']

/** Brings one device to a version: offers it until the device has answered, then waits for how it ends. */
export class DeviceUpdate {
  #clock: Clock
  #version: string
  #patience: number
  #host: DeviceUpdateHost
  /** The last that the device has told of its update. */
  #step = ''
  #repeat: Timer | undefined
  #silence: Timer | undefined
  #probation: Timer | undefined

  /** @param patience ms without a word of the device */
  constructor(clock: Clock, version: string, patience: number, host: DeviceUpdateHost) {
    this.#clock = clock
    this.#version = version
    this.#patience = patience
    this.#host = host
  }

  start(): void {
    this.#wait()
    this.#offer()
  }

  close(): void {
    this.#clock.clear(this.#repeat)
    this.#clock.clear(this.#silence)
    this.#clock.clear(this.#probation)
  }

  /** The device has told of an update. */
  onUpdate(text: string): void {
    const { state = '', version = this.#version, reason } = Object.fromEntries(parsePairs(text))
    if (version !== this.#version) return
    this.#wait()
    if (state === 'refused' && reason === 'busy') return
    this.#clock.clear(this.#repeat)
    // The device got there before this roll-out, or its word of it was lost.
    if (state === 'refused' && reason === 'the same version runs')
      this.#end({ state: 'good', reason: this.#step === '' ? 'it ran already' : undefined })
    else if (ENDS.includes(state)) this.#end({ state: state as Outcome['state'], reason })
    else if (state !== this.#step) {
      this.#step = state
      this.#host.onStep(state)
    }
  }

  /** The device has told its version, as it does after each start: the new one has yet to prove itself. */
  onVersion(text: string): void {
    // Name of the SDK, version, name of the network stack, model; the first has no hyphen.
    if (!text.slice(text.indexOf('-') + 1).startsWith(`${this.#version}-`)) return
    this.#wait()
    this.#clock.clear(this.#repeat)
    this.#probation = this.#clock.set(() => this.#end({ state: 'good' }), PROBATION)
  }

  /** The broker was away, and with it perhaps what the device has told: it tells again when it is asked again. */
  onReconnected(): void {
    this.#offer()
  }

  #offer(): void {
    this.#clock.clear(this.#repeat)
    this.#repeat = this.#clock.set(() => this.#offer(), REPEAT)
    this.#host.offer(this.#step !== '')
  }

  #wait(): void {
    this.#clock.clear(this.#probation)
    this.#clock.clear(this.#silence)
    this.#silence = this.#clock.set(() => this.#end({ state: 'silent' }), this.#patience)
  }

  #end(outcome: Outcome): void {
    this.close()
    this.#host.onOutcome(outcome)
  }
}
