/** Characters of a fingerprint as `openssl x509 -fingerprint -sha256` prints it. */
export const MAX_FINGERPRINT = 95

/** A fingerprint of SHA-256, colons between its bytes or not, as 64 lower-case hex digits; empty for `none`, undefined for anything else. */
export function parseFingerprint(text: string): string | undefined {
  if (text === 'none') return ''
  const found = /^(?:[0-9A-Fa-f]{64}|(?:[0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})$/.test(text)
  return found ? text.replaceAll(':', '').toLowerCase() : undefined
}
