/** Bits 1 and 0 of the status byte are a number (EN 13757-7). */
const APPLICATION: readonly string[] = Object.freeze(['', 'BUSY', 'ERROR', 'ALARM'])
/** Bits 2 to 4. What the others mean is up to the manufacturer. */
const NAMES: readonly string[] = Object.freeze(['POWER_LOW', 'PERMANENT_ERROR', 'TEMPORARY_ERROR'])

/** Adds what the status byte of the transport layer says to the text of a meter's status, which is empty for none. */
export function withTransportStatus(text: string, status: number): string {
  const names = [APPLICATION[status & 3]!, ...NAMES.filter((_, bit) => (status >> (bit + 2)) & 1)].filter(Boolean)
  if (names.length === 0) return text
  return text === 'OK' || text === '' ? names.join(' ') : [text, ...names].join(' ')
}
