import type { Arrival } from './store.js'
import { instantText } from './times.js'

/** What a device says about itself, the newest of which is kept: columns of `devices`, each beside `<column>_at`. */
export const FACTS = ['version', 'valve', 'ssid', 'rssi_dbm', 'uptime_s', 'open_until'] as const

type Fact = (typeof FACTS)[number]

/** The last reading of a signal that was never measured. */
const NO_SIGNAL = '31'

/** Characters of the longest text that is kept of a fact. */
const LONGEST = 200

const FACT_OF: Readonly<Record<string, Fact>> = {
  version: 'version',
  status: 'valve',
  ssid: 'ssid',
  set_ssid: 'ssid',
  rssi: 'rssi_dbm',
  uptime: 'uptime_s',
  open_until: 'open_until',
}

/** Where a fact is a number, what it looks like. */
const NUMBERS: Partial<Record<Fact, RegExp>> = { rssi_dbm: /^-?[0-9]{1,3}$/, uptime_s: /^[0-9]{1,12}$/ }

/** What a batch of messages says about one device. Times are unix seconds. */
export class DeviceNews {
  #seen: number | undefined
  #sample: number | undefined
  #text: string | undefined
  #offline: number | undefined
  #facts = new Map<Fact, { readonly time: number; readonly text: string }>()

  add({ kind, time, text, receivedAt }: Arrival): void {
    // A device whose clock is ahead was not seen after its message came.
    const seen = Math.min(time, Math.floor(receivedAt / 1000))
    if (kind === 'offline') {
      this.#offline = later(this.#offline, seen)
      return
    }
    this.#seen = later(this.#seen, seen)
    if (kind === 'sample' && !(time <= (this.#sample ?? Number.NEGATIVE_INFINITY))) {
      this.#sample = time
      this.#text = text
    }
    const fact = Object.hasOwn(FACT_OF, kind) ? FACT_OF[kind]! : undefined
    if (fact === undefined || !isFact(fact, text) || time < (this.#facts.get(fact)?.time ?? 0)) return
    this.#facts.set(fact, { time, text })
  }

  /** Values in the order of the columns of `devices`, after the serial number. */
  get values(): readonly (string | null)[] {
    const instant = (time: number | undefined) => (time === undefined ? null : instantText(time))
    return [
      ...[this.#seen, this.#sample, this.#offline].map(instant),
      ...FACTS.flatMap((fact) => [this.#facts.get(fact)?.text ?? null, instant(this.#facts.get(fact)?.time)]),
      this.#text ?? null,
    ]
  }
}

function later(one: number | undefined, other: number): number {
  return one === undefined || other > one ? other : one
}

function isFact(fact: Fact, text: string): boolean {
  if (fact === 'rssi_dbm' && text === NO_SIGNAL) return false
  return text !== '' && text.length <= LONGEST && (NUMBERS[fact]?.test(text) ?? true)
}
