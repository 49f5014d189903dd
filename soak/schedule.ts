import { FAULTS, type Fault } from '../twin/faults.js'
import { seededRandom } from '../twin/random.js'
import { ACTIONS, type ActionPart, type PeopledWorld } from './actions.js'

export const PARTS = Object.freeze(['line', 'wifi', 'broker', 'clock', 'ble', 'power', 'operator', 'stranger'] as const)

const EVENTS = Object.freeze({ ...FAULTS, ...ACTIONS })

/** How many minutes each kind may last. None lasts so long that the samples waiting meanwhile find no room in flash. */
const MINUTES = Object.freeze({
  'line silent': [1, 120],
  'line noisy': [1, 120],
  'line with echo': [1, 120],
  'access point gone': [2, 600],
  'weak signal': [2, 60],
  'DHCP silent': [2, 60],
  'another Wi-Fi password': [2, 60],
  'DNS dead': [2, 600],
  'broker refuses': [2, 1200],
  'broker silent': [2, 600],
  'broker half-open': [2, 600],
  'broker forgets': [2, 10],
  'connections break': [2, 60],
  'time servers silent': [5, 120],
  'concentrator away': [1, 120],
  'concentrator silent': [1, 60],
  'concentrator without power': [1, 1],
  'bit errors': [1, 120],
  'link lost': [1, 1],
  'connecting hangs': [1, 60],
  'power cut': [0.02, 60],
  'power flickers': [1, 3],
  'power cut in a write': [0.02, 5],
  'power cut behind a command': [0.02, 1],
  'valve commands': [1, 10],
  'burst of commands': [0.1, 1],
  restart: [1, 1],
  'hostile packets': [1, 20],
} as const satisfies Partial<Record<keyof typeof EVENTS, readonly [shortest: number, longest: number]>>)

/** What a schedule draws from. */
export type Kind = keyof typeof MINUTES
export const KINDS = Object.freeze(Object.keys(MINUTES)) as readonly Kind[]

/** Something that goes wrong or that somebody does to the device, in ms from power-on. */
export interface Incident {
  readonly kind: Kind
  readonly at: number
  readonly length: number
}

/** How many incidents a day each part has. */
const PER_DAY: Readonly<Record<ActionPart, number>> = Object.freeze({
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
/** ms between two incidents of the same part; incidents of different parts may come together. */
const PAUSE = 10 * MINUTE

/** Draws the incidents of so many days; the same seed gives the same schedule. */
export function makeSchedule(seed: number, days: number): Incident[] {
  const random = seededRandom(seed)
  const schedule: Incident[] = []
  for (const part of PARTS) {
    const kinds = KINDS.filter((kind) => EVENTS[kind].part === part)
    let at = FIRST
    for (;;) {
      at += (-Math.log(1 - random()) * DAY) / PER_DAY[part]
      const kind = kinds[Math.floor(random() * kinds.length)]!
      const [shortest, longest] = MINUTES[kind]
      const length = Math.round(shortest * (longest / shortest) ** random() * MINUTE)
      if (at + length > days * DAY) break
      schedule.push({ kind, at: Math.round(at), length })
      at += length + PAUSE
    }
  }
  return schedule.sort((a, b) => a.at - b.at)
}

/** What the incident does. */
export function eventOf({ kind }: Incident): Fault<PeopledWorld, ActionPart> {
  return EVENTS[kind]
}

/** One line: `day 3 14:05:10.250  line silent, 35 min`. */
export function describeIncident({ kind, at, length }: Incident): string {
  const minutes = length / MINUTE
  return `${describeTime(at)}  ${kind}, ${minutes < 10 ? minutes.toFixed(1) : minutes.toFixed(0)} min`
}

/** Day (from 1) and time of day. */
export function describeTime(at: number): string {
  return `day ${Math.floor(at / DAY) + 1} ${new Date(at % DAY).toISOString().slice(11, 23)}`
}
