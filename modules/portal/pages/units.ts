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
