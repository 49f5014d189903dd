import { FAULT_WORDS, type FaultName } from './fault-words.js'

/** The meters, by the names of the firmware's drivers, and what people call them. */
export const METERS = Object.freeze({
  kmp: 'MULTICAL 601 (KMP)',
  mc66c: 'MULTICAL 66-C',
  mc66b: 'MULTICAL 66-B',
  flowiq: 'FlowIQ water meter, over the air',
  impulse: 'Impulse meter',
  'impulse-dev-board': 'Impulse meter, development board',
  none: 'No meter',
} as const)

export type MeterName = keyof typeof METERS

/** How many times faster than real time it runs. */
const SPEEDS = Object.freeze([1, 10, 100, 1000] as const)

/** What a link carries. It has nothing in it that is a secret. */
export interface Scenario {
  readonly meter: MeterName
  readonly speed: number
  /** The device is as it leaves the factory. */
  readonly fresh: boolean
  /** What is wrong from the beginning. */
  readonly faults: readonly FaultName[]
  /** Seed of everything that happens by chance. */
  readonly seed: number
}

/** Fast enough that somebody sees a sample at once and another one every 6 s. */
export const USUAL: Scenario = Object.freeze({ meter: 'kmp', speed: 10, fresh: false, faults: [], seed: 1 })

const MOST_SEED = 0xffff_ffff

/** The scenario of a link's fragment, with or without `#`. What is not known in it is left at the usual. */
export function scenarioOf(fragment: string): Scenario {
  const given = new URLSearchParams(fragment.replace(/^#/, ''))
  const meter = given.get('meter') ?? ''
  const speed = Number(given.get('speed'))
  const seed = Number(given.get('seed') ?? Number.NaN)
  return {
    meter: Object.hasOwn(METERS, meter) ? (meter as MeterName) : USUAL.meter,
    speed: SPEEDS.some((known) => known === speed) ? speed : USUAL.speed,
    fresh: given.get('fresh') === '1',
    faults: [...new Set(given.getAll('fault'))].filter((name): name is FaultName => Object.hasOwn(FAULT_WORDS, name)),
    seed: Number.isInteger(seed) && seed >= 0 && seed <= MOST_SEED ? seed : USUAL.seed,
  }
}

/** The fragment of a link to a scenario, without `#`; what is usual is left out. */
export function fragmentOf({ meter, speed, fresh, faults, seed }: Scenario): string {
  const given = new URLSearchParams()
  if (meter !== USUAL.meter) given.set('meter', meter)
  if (speed !== USUAL.speed) given.set('speed', String(speed))
  if (fresh) given.set('fresh', '1')
  for (const name of faults) given.append('fault', name)
  if (seed !== USUAL.seed) given.set('seed', String(seed))
  return given.toString()
}
