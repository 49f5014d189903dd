import { span } from '../codec/characters.js'

/**
 * Unix seconds of a certificate's date (RFC 5280, 4.1.2.5); undefined for anything else.
 * @param isLong whether its year has four digits, else two, of 1950 to 2049
 */
export function parseTime(text: string, isLong: boolean): number | undefined {
  const yearDigits = isLong ? 4 : 2
  const digits = yearDigits + 10
  if (text.length !== digits + 1 || span(text, 0, '09') !== digits || text[digits] !== 'Z') return undefined
  const year = Number(text.slice(0, yearDigits))
  const century = isLong ? 0 : year < 50 ? 2000 : 1900
  const part = (at: number) => Number(text.slice(yearDigits + at, yearDigits + at + 2))
  return Date.UTC(century + year, part(0) - 1, part(2), part(4), part(6), part(8)) / 1000
}
