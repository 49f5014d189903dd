/**
 * What one telegram says proves nothing: its checksum has 16 bits and no secret. So many telegrams over so many ms have
 * to say the same. A meter sends four in 48 s.
 */
export const BORNE_OUT = Object.freeze({ telegrams: 4, ms: 45_000 })

export function isBorneOut(telegrams: number, ms: number): boolean {
  return telegrams >= BORNE_OUT.telegrams && ms >= BORNE_OUT.ms
}
