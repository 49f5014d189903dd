import type { Clock } from '../modules/ports/clock.js'
import { type SentTelegram, SimulatedWaterMeter } from './water-meter.js'

export interface OwnMeter {
  /** 8 digits. */
  readonly id: string
  readonly key: Uint8Array
}

export interface RadioFieldOptions {
  readonly clock: Clock
  readonly random: () => number
  readonly own: readonly OwnMeter[]
  /** Meters of strangers in range. */
  readonly strangers: number
  hear(frame: Uint8Array, rssi: number): void
  /** Of our own meters. */
  onSent?(id: string, telegram: SentTelegram): void
}

const FIRST_STRANGER = 50_000_000
const WEAKEST = -96
const SPREAD = 50
const FADING = 6

/** The meters in range of a receiver. */
export class RadioField {
  readonly own: readonly SimulatedWaterMeter[]
  #meters: readonly SimulatedWaterMeter[]

  constructor(options: RadioFieldOptions) {
    const { clock, random, hear, onSent } = options
    const meter = (id: string, key?: Uint8Array) => {
      const rssi = WEAKEST + FADING + random() * SPREAD
      return new SimulatedWaterMeter({
        clock,
        random,
        id,
        ...(key === undefined ? {} : { key, onSent: (telegram: SentTelegram) => onSent?.(id, telegram) }),
        send: (frame) => hear(frame, Math.round(rssi + (random() - 0.5) * FADING)),
      })
    }
    this.own = options.own.map(({ id, key }) => meter(id, key))
    const strangers = Array.from({ length: options.strangers }, (_, i) => meter(String(FIRST_STRANGER + i)))
    this.#meters = [...this.own, ...strangers]
  }

  close(): void {
    for (const meter of this.#meters) meter.close()
  }
}
