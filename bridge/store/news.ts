import { Kind } from '../../modules/delivery/topics.js'
import type { Arrival, Row } from './store.js'

/** Columns that `News` reads. */
export const NEWS_COLUMNS =
  'serial, last_seen, last_sample, sample, offline_at, valve, valve_at, open_until, open_until_at'

/** Turns new values in rows of `devices` back into the messages that the devices sent. */
export class News {
  /** When each device has told of its valve and its limit, as it was told here. */
  #told = new Map<string, string>()

  /** @param now unix milliseconds */
  of(row: Row, now: number): readonly Arrival[] {
    const { serial, last_seen, last_sample, sample, offline_at, valve, valve_at, open_until, open_until_at } = row
    const arrivals: Arrival[] = []
    const tell = (kind: string, text: string | null | undefined, at: string | null | undefined) => {
      if (text == null || at == null) return
      arrivals.push({ serial: serial!, kind, time: Date.parse(at) / 1000, text, receivedAt: now })
    }
    tell(Kind.Sample, sample, last_sample)
    const told = `${valve_at} ${open_until_at}`
    if (this.#told.get(serial!) !== told) {
      tell('status', valve, valve_at)
      tell('open_until', open_until, open_until_at)
    }
    this.#told.set(serial!, told)
    tell(SEEN, '', last_seen)
    // A device that has come back in the same second is online.
    if ((offline_at ?? '') > (last_seen ?? '')) tell(Kind.Offline, '', offline_at)
    return arrivals
  }
}

/** Of a message whose text does not matter. */
const SEEN = 'seen'
