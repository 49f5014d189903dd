import { FAULTS, type Fault } from '../twin/faults.js'
import { seededRandom } from '../twin/random.js'
import { ACTIONS } from './actions.js'
import { HOSTILITIES, type HostilePart, type HostileWorld } from './hostile.js'

export const PARTS = Object.freeze(['line', 'wifi', 'broker', 'clock', 'ble', 'power', 'operator', 'stranger'] as const)

/** The parts that only a hostile schedule has. */
const HOSTILE_PARTS = Object.freeze(['attacker', 'clock', 'meter', 'air', 'flash'] as const)

const EVENTS = Object.freeze({ ...FAULTS, ...ACTIONS, ...HOSTILITIES })

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
  'broker replays': [1, 120],
  'broker holds back': [1, 180],
  'broker duplicates': [1, 120],
  'broker truncates': [1, 60],
  'broker floods': [0.2, 2],
  'broker welcomes again': [1, 20],
  'client id stolen': [1, 60],
  'one time server lies': [30, 600],
  'all time servers lie': [60, 300],
  'meter damaged': [5, 600],
  'meter under other numbers': [5, 600],
  'air full of strangers': [5, 120],
  'air replays': [5, 120],
  'air flips bits': [5, 120],
  'flash full': [2, 240],
  'flash damages': [2, 240],
  'journal refuses': [2, 60],
} as const satisfies Partial<Record<keyof typeof EVENTS, readonly [shortest: number, longest: number]>>)

/** What a schedule draws from. */
export type Kind = keyof typeof MINUTES
export const KINDS = Object.freeze(Object.keys(MINUTES)) as readonly Kind[]

const NAMES_OF_HOSTILITIES: readonly string[] = Object.keys(HOSTILITIES)

/** Something that goes wrong or that somebody does to the device, in ms from power-on. */
export interface Incident {
  readonly kind: Kind
  readonly at: number
  readonly length: number
}

/** How many incidents a day each part has. */
const PER_DAY: Readonly<Record<HostilePart, number>> = Object.freeze({
  line: 2,
  wifi: 1.5,
  broker: 2,
  clock: 1,
  ble: 3,
  power: 3,
  operator: 4,
  stranger: 4,
  attacker: 6,
  meter: 2,
  air: 2,
  flash: 1.5,
})

const MINUTE = 60_000
const DAY = 86_400_000
const FIRST = 10 * MINUTE
/** ms between two incidents of the same part; incidents of different parts may come together. */
const PAUSE = 10 * MINUTE
/** In so many ms at the end of the first day nothing goes wrong: memory is as large then as it is at rest. */
const QUIET = 180 * MINUTE

/**
 * Draws the incidents of so many days; the same seed gives the same schedule.
 * @param withHostilities whether everybody around the device is hostile too
 */
export function makeSchedule(seed: number, days: number, withHostilities = false): Incident[] {
  const schedule = draw(PARTS, false, seededRandom(seed), days)
  if (withHostilities) schedule.push(...draw(HOSTILE_PARTS, true, seededRandom(seed ^ 0x40571), days))
  return schedule.filter(({ at, length }) => at >= DAY || at + length <= DAY - QUIET).sort((a, b) => a.at - b.at)
}

/** Whether somebody is hostile in this incident. */
export function isHostile({ kind }: Incident): boolean {
  return NAMES_OF_HOSTILITIES.includes(kind)
}

function draw(parts: readonly HostilePart[], areHostile: boolean, random: () => number, days: number): Incident[] {
  const schedule: Incident[] = []
  for (const part of parts) {
    const kinds = KINDS.filter(
      (kind) => EVENTS[kind].part === part && NAMES_OF_HOSTILITIES.includes(kind) === areHostile,
    )
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
  return schedule
}

/** What the incident does. */
export function eventOf({ kind }: Incident): Fault<HostileWorld, HostilePart> {
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
