import type { VirtualClock } from '../twin/clock.js'

/** A server may move a known time by so many seconds alone (docs/time.md). */
const ALONE = 60
/** The most that a date may differ beside the lie: whole seconds, and the way to the server. */
const TOLERANCE = 3

interface Window {
  /** Seconds. */
  readonly offset: number
  /** From here on, in s from power-on, samples may bear a date that is wrong by the offset. */
  readonly from: number
  until: number
}

/**
 * Time servers that lie, and what dates that explains: those since a lie that the device had to believe, up to the moment
 * at which two servers have told the truth. It has to believe the first answer after power-on, what two servers say, and a
 * minute.
 */
export class TimeLies {
  /** Seconds by which a server is wrong. */
  offsetOf: (server: string) => number = () => 0
  #clock: VirtualClock
  #windows: Window[] = []
  #liars = new Set<string>()
  #honest = new Set<string>()

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  /**
   * A server has answered the device.
   * @param since s from power-on; what the device has taken since then it dates by this answer, if it is the first
   */
  onAnswer(server: string, offset: number, isFirst: boolean, since: number): void {
    const now = this.#clock.now() / 1000
    if (offset === 0) {
      this.#honest.add(server)
      this.#liars.delete(server)
      if (this.#honest.size < 2) return
      for (const window of this.#windows) if (window.until > now) window.until = now
      return
    }
    this.#honest.clear()
    this.#liars.add(server)
    if (!isFirst && this.#liars.size < 2 && Math.abs(offset) > ALONE + TOLERANCE) return
    for (const window of this.#windows) if (window.until > now) window.until = now + TOLERANCE
    this.#windows.push({ offset, from: isFirst ? since : now, until: Number.POSITIVE_INFINITY })
  }

  get wereTold(): boolean {
    return this.#windows.length > 0
  }

  /** Whether a sample of that second, from power-on, may be wrong by so much. */
  excuse(second: number, error: number): boolean {
    return this.#windows.some(
      ({ offset, from, until }) =>
        second >= from - TOLERANCE && second <= until + TOLERANCE && Math.abs(error - offset) <= TOLERANCE,
    )
  }

  /** Whether a sample that bears this time, in s from power-on, may have been taken while the device believed a lie. */
  mayBeWrong(told: number): boolean {
    return this.#windows.some(
      ({ offset, from, until }) => told - offset >= from - TOLERANCE && told - offset <= until + TOLERANCE,
    )
  }

  /** Seconds from power-on in which dates may be wrong, or which wrong dates may have hit. */
  *spans(): Generator<readonly [from: number, until: number]> {
    const now = this.#clock.now() / 1000
    for (const { offset, from, until } of this.#windows) {
      const end = Math.min(until, now)
      yield [from, end]
      yield [from + offset, end + offset]
    }
  }
}
