const FORM = /^([0-9]{2}|[0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})Z$/

/**
 * Unix seconds of a certificate's date (RFC 5280, 4.1.2.5); undefined for anything else.
 * @param isLong whether its year has four digits, else two, of 1950 to 2049
 */
export function parseTime(text: string, isLong: boolean): number | undefined {
  const found = text.length === (isLong ? 15 : 13) ? FORM.exec(text) : null
  if (found === null) return undefined
  const year = Number(found[1])
  const century = isLong ? 0 : year < 50 ? 2000 : 1900
  const [month, day, hour, minute, second] = [found[2], found[3], found[4], found[5], found[6]].map(Number)
  return Date.UTC(century + year, month! - 1, day, hour, minute, second) / 1000
}
