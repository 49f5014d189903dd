import type { ServerResponse } from 'node:http'
import type { Clock, Timer } from '../../modules/ports/clock.js'
import type { Figures } from '../store/figures.js'

/** Pages that listen at a time. */
const MOST = 50
/** ms between two looks at the database; twenty times as long as a look takes, if that is more. */
const INTERVAL = 3_000
const SHARE = 20
/** Bytes that wait for a page that does not read. */
const MOST_WAITING = 16_384

const HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' }

interface Listener {
  readonly response: ServerResponse
  /** Undefined for all devices. */
  readonly serial: string | undefined
}

/**
 * Tells pages that a device has said something, as server-sent events. It looks at the database, which other bridges write to as well, and
 * only while somebody listens.
 */
export class Live {
  #figures: Figures
  #clock: Clock
  #listeners = new Set<Listener>()
  #seen: ReadonlyMap<string, string> | undefined
  #timer: Timer | undefined
  #isLooking = false
  #isClosed = false

  constructor(figures: Figures, clock: Clock) {
    this.#figures = figures
    this.#clock = clock
  }

  /** @returns false where there are too many already */
  add(response: ServerResponse, serial: string | undefined): boolean {
    if (this.#isClosed || this.#listeners.size >= MOST) return false
    const listener = { response, serial }
    this.#listeners.add(listener)
    response.on('close', () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      this.#clock.clear(this.#timer)
      this.#seen = undefined
    })
    response.writeHead(200, HEADERS).write('retry: 5000\n\n')
    if (this.#listeners.size === 1) void this.#look()
    return true
  }

  close(): void {
    this.#isClosed = true
    this.#clock.clear(this.#timer)
    for (const { response } of this.#listeners) response.end()
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return
    this.#isLooking = true
    const began = this.#clock.now()
    // A database that is away now has news later.
    const news = await this.#news().catch(() => new Set<string>())
    this.#isLooking = false
    if (this.#isClosed || this.#listeners.size === 0) return
    for (const { response, serial } of this.#listeners) {
      const isNews = serial === undefined ? news.size > 0 : news.has(serial)
      if (response.writableLength > MOST_WAITING) response.destroy()
      else response.write(isNews ? 'data: news\n\n' : ':\n\n')
    }
    const took = this.#clock.now() - began
    this.#timer = this.#clock.set(() => void this.#look(), Math.max(INTERVAL, took * SHARE))
  }

  /** The devices that were heard since the last look. */
  async #news(): Promise<ReadonlySet<string>> {
    const rows = await this.#figures.devices()
    const before = this.#seen
    this.#seen = new Map(rows.map((row) => [row.serial!, `${row.last_seen} ${row.offline_at}`]))
    if (before === undefined) return new Set()
    return new Set([...this.#seen].filter(([serial, seen]) => before.get(serial) !== seen).map(([serial]) => serial))
  }
}
