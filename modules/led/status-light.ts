import type { Led, Pattern } from './led.js'

/** What the light tells, the most important first (the original's patterns C, B, A and steady). */
const PATTERNS = Object.freeze({
  /** The set-up portal is open: two flashes every 3 s. */
  portal: Object.freeze([100, 100, 100, 2700]),
  /** The network is started anew by the watchdog. */
  restarting: Object.freeze([200, 200]),
  /** The broker is reached through the fallback network. */
  fallback: Object.freeze([200, 200]),
  /** The fallback network is being joined. */
  joiningFallback: Object.freeze([1000, 1000]),
  /** The MQTT client cannot be made. */
  broken: Object.freeze([Number.POSITIVE_INFINITY]),
} satisfies Record<string, Pattern>)

export type Sign = keyof typeof PATTERNS

/** The board's light as a sign of what is going on; dark in normal operation. */
export class StatusLight {
  #led: Led
  #signs = new Set<Sign>()
  #shown: Sign | undefined

  constructor(led: Led) {
    this.#led = led
  }

  /** The light shows the most important of the signs that are set. */
  set(sign: Sign, isSet: boolean): void {
    if (isSet) this.#signs.add(sign)
    else this.#signs.delete(sign)
    const shown = (Object.keys(PATTERNS) as Sign[]).find((name) => this.#signs.has(name))
    if (shown === this.#shown) return
    this.#shown = shown
    this.#led.play(shown === undefined ? [] : PATTERNS[shown])
  }

  /** Once, for `ms` milliseconds; then what was shown before. */
  flash(ms: number): void {
    this.#led.flash(ms)
  }

  off(): void {
    this.#signs.clear()
    this.#shown = undefined
    this.#led.off()
  }
}
