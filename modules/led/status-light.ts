import type { Led, Pattern } from './led.js'

/** The light's patterns, the most important first (the original's patterns C, B, A and steady). */
const PATTERNS = Object.freeze({
  /** The key is an example: four flashes every 2 s. */
  exampleKey: Object.freeze([100, 100, 100, 100, 100, 100, 100, 1300]),
  /** The device has no key yet: three flashes every 3 s. */
  noKey: Object.freeze([100, 100, 100, 100, 100, 2500]),
  /** The set-up portal is open: two flashes every 3 s. */
  portal: Object.freeze([100, 100, 100, 2700]),
  /** A new image is being fetched: a short flash a second. */
  updating: Object.freeze([100, 900]),
  /** The watchdog starts the network again. */
  restarting: Object.freeze([200, 200]),
  /** The broker is connected through the fallback network. */
  fallback: Object.freeze([200, 200]),
  /** The station is in the fallback network, and calls the broker. */
  joiningFallback: Object.freeze([1000, 1000]),
  /** The MQTT client does not start. */
  broken: Object.freeze([Number.POSITIVE_INFINITY]),
} satisfies Record<string, Pattern>)

export type Indication = keyof typeof PATTERNS

/** The board's light as an indication of the device's state. It is dark in normal operation. */
export class StatusLight {
  #led: Led
  #indications = new Set<Indication>()
  #shown: Indication | undefined

  constructor(led: Led) {
    this.#led = led
  }

  /** Sets or clears an indication. The light shows the most important one that is set. */
  set(indication: Indication, isSet: boolean): void {
    // A connection that ends again and again sets the same ones: each look at the patterns costs memory.
    if (this.#indications.has(indication) === isSet) return
    if (isSet) this.#indications.add(indication)
    else this.#indications.delete(indication)
    const shown = (Object.keys(PATTERNS) as Indication[]).find((name) => this.#indications.has(name))
    if (shown === this.#shown) return
    this.#shown = shown
    this.#led.play(shown === undefined ? [] : PATTERNS[shown])
  }

  /** Flashes once for `ms` milliseconds, and then shows the pattern from before. */
  flash(ms: number): void {
    this.#led.flash(ms)
  }

  off(): void {
    this.#indications.clear()
    this.#shown = undefined
    this.#led.off()
  }
}
