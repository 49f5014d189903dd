import { DeviceNews } from './facts.js'
import { sampleValues } from './sample.js'
import type { Arrival } from './store.js'
import { canBe, instantText } from './times.js'

/** What one transaction writes: the rows as JSON, which both databases read. */
export interface Batch {
  /** `[[serial, time, received_at, program, other, quantities...], ...]`, undefined when there is none. */
  readonly samples: string | undefined
  /** `[[serial, ...], ...]` with the columns of `devices`, each serial number once, in order. */
  readonly devices: string | undefined
  /** How many messages have a time that cannot be. */
  readonly refused: number
}

/** @param keptFrom older samples have been deleted: as the database tells an instant; undefined when all are kept */
export function batchOf(arrivals: readonly Arrival[], keptFrom: string | undefined): Batch {
  const news = new Map<string, DeviceNews>()
  const samples: string[] = []
  const received = new ReceivedTexts()
  let refused = 0
  for (const arrival of arrivals) {
    const isSample = arrival.kind === 'sample'
    if (!canBe(arrival.time, arrival.receivedAt) || (isSample && isGone(arrival.time, keptFrom))) {
      refused++
      continue
    }
    const { serial } = arrival
    const device = news.get(serial) ?? new DeviceNews()
    news.set(serial, device)
    device.add(arrival)
    if (isSample) samples.push(sampleRow(arrival, received.of(arrival)))
  }
  const devices = [...news].sort(([one], [other]) => (one < other ? -1 : 1))
  return {
    samples: samples.length === 0 ? undefined : `[${samples.join(',')}]`,
    devices: devices.length === 0 ? undefined : `[${devices.map(([serial, { values }]) => row([serial, ...values]))}]`,
    refused,
  }
}

function isGone(time: number, keptFrom: string | undefined): boolean {
  return keptFrom !== undefined && instantText(time) < keptFrom
}

function sampleRow({ serial, time, text }: Arrival, received: string): string {
  const { program, other, values } = sampleValues(text)
  const texts = row([serial, instantText(time), received, program ?? null, other === '' ? null : other])
  return `${texts.slice(0, -1)},${values.map((digits) => digits ?? 'null').join(',')}]`
}

/** When messages came, as text: those of a batch came in few different seconds. */
class ReceivedTexts {
  #second: number | undefined
  #text = ''

  of({ receivedAt }: Arrival): string {
    const second = Math.floor(receivedAt / 1000)
    if (second !== this.#second) this.#text = instantText(second)
    this.#second = second
    return this.#text
  }
}

/** A row as JSON. PostgreSQL has no NUL in its texts. */
function row(values: readonly (string | null)[]): string {
  return JSON.stringify(values.map((value) => value?.replaceAll('\0', '\ufffd') ?? null))
}
