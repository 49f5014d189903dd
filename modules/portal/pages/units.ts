import type { Texts } from '../texts/en.js'

/** A unit as people write it. */
export function unitText(unit: string): string {
  return unit === 'C' ? '°C' : unit === 'm3' ? 'm³' : unit
}

/** Seconds in the largest unit that gives at least 2. */
export function duration(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)} s`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`
  return `${Math.floor(seconds / 3600)} h`
}

/** dBm from which on a network is fair, good, strong. */
const STRENGTHS = Object.freeze([-80, -70, -60] as const)

/** How strong a network is. */
export function strengthText(texts: Texts, rssi: number): string {
  return texts.strength[STRENGTHS.filter((limit) => rssi >= limit).length]!
}
