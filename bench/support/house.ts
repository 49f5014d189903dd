import type { Arrival } from '../../bridge/store/store.js'

/** A house that needs more heat the colder it is, and warm water in the morning and in the evening. */
export class House {
  #serial: string
  #wh = 12_345_678n
  #ml = 345_678_000n

  constructor(serial: string) {
    this.#serial = serial
  }

  /** The sample of a minute; one minute after the other. @param time unix seconds */
  at(time: number): Arrival {
    const hour = (time % 86_400) / 3600
    const cold = 0.5 + 0.5 * Math.cos((2 * Math.PI * (time - 1_768_435_200)) / (365.25 * 86_400))
    const tap = Math.max(0, Math.sin((hour - 5) * 2)) * (hour > 5 && hour < 8 ? 1 : hour > 17 && hour < 20 ? 0.6 : 0)
    const wobble = Math.sin(time / 900) * 0.1 + Math.sin(time / 7000) * 0.15
    const watts = Math.max(0, Math.round(300 + 6500 * cold * (1 + wobble) + 6000 * tap))
    const cooling = 15 + 18 * cold + 6 * tap + 3 * wobble
    const liters = Math.round((watts / cooling) * 0.86)
    this.#wh += BigInt(Math.round(watts / 60))
    this.#ml += BigInt(Math.round((liters * 1000) / 60))
    const there = 58 + 14 * cold + 2 * wobble
    const text = `heap=21376&t1=${there.toFixed(2)} C&t2=${(there - cooling).toFixed(2)} C&tdif=${cooling.toFixed(2)} K&flow1=${liters} l/h&effect1=${(watts / 1000).toFixed(1)} kW&hr=${Math.floor(time / 3600) - 420_000} h&v1=${thousandths(this.#ml / 1000n)} m3&e1=${thousandths(this.#wh)} kWh&`
    return { serial: this.#serial, kind: 'sample', time, text, receivedAt: (time + 1) * 1000 }
  }
}

function thousandths(value: bigint): string {
  const digits = String(value).padStart(4, '0')
  return `${digits.slice(0, -3)}.${digits.slice(-3)}`
}
