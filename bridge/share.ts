import { setTimeout } from 'node:timers/promises'
import { Backoff } from '../modules/time/backoff.js'
import { DatabaseRefused } from './store/errors.js'
import { GroupConnection } from './store/group.js'
import { News } from './store/news.js'
import type { Arrival } from './store/store.js'

/** Hands on what devices say, while this process is the one of its group who does. */
export interface Leading {
  take(arrivals: readonly Arrival[]): Promise<void>
  close(): Promise<void>
}

export interface ShareOptions {
  /** `postgres://...` */
  readonly url: string
  readonly group: string
  /** ms for which a seat is left free for the process that had it */
  readonly grace?: number
}

export interface ShareHost {
  /** From now on this process has this seat, and no other one of the group. What it had before is somebody else's. */
  onSeat(seat: number): void
  /** Takes in what waits for a seat whose process is gone. Resolves when nothing waits any more; rejects with the signal. */
  fetch(seat: number, signal: AbortSignal): Promise<void>
  /** This process hands on from now on. */
  lead(): Leading
  say(line: string): void
}

/** ms between two looks at what has changed */
const ROUND = 500
/** ms for which a seat is left free, unless somebody says otherwise */
export const GRACE = 30_000
/** ms between attempts, doubled up to the limit */
const FIRST_DELAY = 500
const LONGEST_DELAY = 10_000

/**
 * A process's part in a group of bridges, which is decided in PostgreSQL: its seat, whose number names its session at the
 * broker, who hands on for all, and what time it is.
 */
export class Share {
  #options: ShareOptions
  #host: ShareHost
  #backoff = new Backoff(FIRST_DELAY, LONGEST_DELAY, Math.random)
  #ending = new AbortController()
  #ended: Promise<void> = Promise.resolve()
  #seat: number | undefined
  #ahead = 0
  #isSaid = false

  constructor(options: ShareOptions, host: ShareHost) {
    this.#options = options
    this.#host = host
  }

  /** The time by the clock of the database, by which all of the group go; unix milliseconds. */
  readonly unix = (): number => Date.now() + this.#ahead

  /** Resolves with the first seat; waits for a database that is away. Rejects with `DatabaseRefused`. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#ended = this.#run(resolve).catch(reject)
    })
  }

  /** Gives everything back. */
  async close(): Promise<void> {
    this.#ending.abort()
    await this.#ended
  }

  async #run(onSeat: () => void): Promise<void> {
    const { signal } = this.#ending
    while (!signal.aborted) {
      try {
        await this.#attend(onSeat)
      } catch (error) {
        if (signal.aborted) return
        // Later a database that refuses may be one that is being put right.
        if (this.#seat === undefined && error instanceof DatabaseRefused) throw error
        if (!this.#isSaid) this.#host.say(`--share: ${(error as Error).message}; trying again`)
        this.#isSaid = true
        await pause(this.#backoff.next(), signal)
      }
    }
  }

  /** All that is done by one connection. */
  async #attend(onSeat: () => void): Promise<void> {
    const { url, group } = this.#options
    const connection = await GroupConnection.open(url, group)
    const lost = new AbortController()
    const signal = AbortSignal.any([this.#ending.signal, lost.signal])
    connection.onLost = () => lost.abort()
    const free = new FreeSeats(connection, this.#options.grace ?? GRACE, (seat) => this.#host.fetch(seat, signal))
    const news = new News()
    let leading: Leading | undefined
    try {
      await this.#setClock(connection)
      const seat = await freeSeat(connection, this.#seat)
      if (seat !== this.#seat) this.#host.onSeat(seat)
      this.#seat = seat
      this.#isSaid = false
      this.#backoff.reset()
      onSeat()
      for (let mark: string | undefined; !signal.aborted; await pause(ROUND, signal)) {
        await this.#setClock(connection)
        await free.look()
        if (leading === undefined && (await connection.tryLead())) leading = this.#host.lead()
        if (leading === undefined) continue
        const changes = await connection.changes(mark)
        const arrivals = changes.rows.flatMap((row) => news.of(row, this.unix()))
        await before(signal, leading.take(arrivals))
        mark = changes.mark
      }
      if (!this.#ending.signal.aborted) throw connection.error
    } finally {
      lost.abort()
      // Nobody else hands on before this process has stopped to.
      await leading?.close()
      await connection.close()
    }
  }

  async #setClock(connection: GroupConnection): Promise<void> {
    const asked = Date.now()
    const now = await connection.now()
    this.#ahead = Math.round(now - (asked + Date.now()) / 2)
  }
}

/** Takes the seat that this process had, or the first that is free. */
async function freeSeat(connection: GroupConnection, had: number | undefined): Promise<number> {
  if (had !== undefined && (await connection.trySeat(had))) return had
  for (let seat = 1; ; seat++) if (await connection.trySeat(seat)) return seat
}

/** Looks after seats whose process is gone: what the broker has for them is fetched, and then they are removed. */
class FreeSeats {
  #connection: GroupConnection
  #grace: number
  #fetch: (seat: number) => Promise<void>
  /** Since when they are free, by `performance.now`. */
  #since = new Map<number, number>()
  #isFetching = false

  constructor(connection: GroupConnection, grace: number, fetch: (seat: number) => Promise<void>) {
    this.#connection = connection
    this.#grace = grace
    this.#fetch = fetch
  }

  async look(): Promise<void> {
    const now = performance.now()
    const free = await this.#connection.freeSeats()
    for (const seat of this.#since.keys()) if (!free.includes(seat)) this.#since.delete(seat)
    for (const seat of free) {
      const since = this.#since.get(seat) ?? now
      this.#since.set(seat, since)
      if (this.#isFetching || now - since < this.#grace || !(await this.#connection.trySeat(seat))) continue
      this.#isFetching = true
      void this.#fetch(seat)
        .then(() => this.#connection.removeSeat(seat))
        // The connection is gone, and the seat with it.
        .catch(() => {})
        .finally(() => {
          this.#isFetching = false
        })
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {})
}

/** Resolves with the work, or as soon as the signal comes. */
async function before(signal: AbortSignal, work: Promise<void>): Promise<void> {
  let end: () => void = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
    signal.addEventListener('abort', end)
  })
  // It fails when the connection to the broker is closed meanwhile.
  work.catch(() => {})
  try {
    if (!signal.aborted) await Promise.race([work, ended])
  } finally {
    signal.removeEventListener('abort', end)
  }
}
