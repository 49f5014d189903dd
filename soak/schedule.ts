import { seededRandom } from '../twin/random.js'

/** What one fault at a time can happen to; several parts can suffer together. */
export const PARTS = Object.freeze(['line', 'wifi', 'broker', 'clock', 'ble', 'power', 'operator', 'stranger'] as const)
export type Part = (typeof PARTS)[number]

/** Something that goes wrong or is done to the device, in ms from power-on. */
export interface Fault {
  readonly kind: string
  readonly at: number
  readonly length: number
}

interface Kind {
  readonly part: Part
  /** Minutes. */
  readonly shortest: number
  readonly longest: number
}

/** Every kind; none is so long that the samples waiting meanwhile have no room in flash. */
export const KINDS: Readonly<Record<string, Kind>> = Object.freeze({
  'line silent': kind('line', 1, 120),
  'line noisy': kind('line', 1, 120),
  'line with echo': kind('line', 1, 120),
  'access point gone': kind('wifi', 2, 600),
  'weak signal': kind('wifi', 2, 60),
  'DHCP silent': kind('wifi', 2, 60),
  'another Wi-Fi password': kind('wifi', 2, 60),
  'DNS dead': kind('broker', 2, 600),
  'broker refuses': kind('broker', 2, 1200),
  'broker silent': kind('broker', 2, 600),
  'broker half-open': kind('broker', 2, 600),
  'broker forgets': kind('broker', 2, 10),
  'connections break': kind('broker', 2, 60),
  'time servers silent': kind('clock', 5, 120),
  'concentrator away': kind('ble', 1, 120),
  'concentrator silent': kind('ble', 1, 60),
  'concentrator without power': kind('ble', 1, 1),
  'bit errors': kind('ble', 1, 120),
  'link lost': kind('ble', 1, 1),
  'connecting hangs': kind('ble', 1, 60),
  'power cut': kind('power', 0.02, 60),
  'power flickers': kind('power', 1, 3),
  'power cut in a write': kind('power', 0.02, 5),
  'power cut behind a command': kind('power', 0.02, 1),
  'valve commands': kind('operator', 1, 10),
  'burst of commands': kind('operator', 0.1, 1),
  restart: kind('operator', 1, 1),
  'hostile packets': kind('stranger', 1, 20),
})

/** How many a day, of each part. */
const PER_DAY: Readonly<Record<Part, number>> = Object.freeze({
  line: 2,
  wifi: 1.5,
  broker: 2,
  clock: 1,
  ble: 3,
  power: 3,
  operator: 4,
  stranger: 4,
})

const MINUTE = 60_000
const DAY = 86_400_000
const FIRST = 10 * MINUTE
/** Between two faults of the same part. */
const PAUSE = 10 * MINUTE

/** The faults of so many days; the same for the same seed. */
export function makeSchedule(seed: number, days: number): Fault[] {
  const random = seededRandom(seed)
  const schedule: Fault[] = []
  for (const part of PARTS) {
    const kinds = Object.entries(KINDS).filter(([, kind]) => kind.part === part)
    let at = FIRST
    for (;;) {
      at += (-Math.log(1 - random()) * DAY) / PER_DAY[part]
      const [name, { shortest, longest }] = kinds[Math.floor(random() * kinds.length)]!
      const length = Math.round(shortest * (longest / shortest) ** random() * MINUTE)
      if (at + length > days * DAY) break
      schedule.push({ kind: name, at: Math.round(at), length })
      at += length + PAUSE
    }
  }
  return schedule.sort((a, b) => a.at - b.at)
}

export function partOf(fault: Fault): Part {
  return KINDS[fault.kind]!.part
}

/** One line a fault: `day 3 14:05:10.250  line silent, 35 min`. */
export function describeFault({ kind, at, length }: Fault): string {
  const minutes = length / MINUTE
  return `${describeTime(at)}  ${kind}, ${minutes < 10 ? minutes.toFixed(1) : minutes.toFixed(0)} min`
}

/** Day (from 1) and time of day. */
export function describeTime(at: number): string {
  return `day ${Math.floor(at / DAY) + 1} ${new Date(at % DAY).toISOString().slice(11, 23)}`
}

function kind(part: Part, shortest: number, longest: number): Kind {
  return Object.freeze({ part, shortest, longest })
}
