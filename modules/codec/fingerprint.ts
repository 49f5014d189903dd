import { hasOnly } from './characters.js'

/** Characters of a fingerprint as `openssl x509 -fingerprint -sha256` prints it. */
export const MAX_FINGERPRINT = 95

/** A fingerprint of SHA-256, colons between its bytes or not, as 64 lower-case hex digits; empty for `none`, undefined for anything else. */
export function parseFingerprint(text: string): string | undefined {
  if (text === 'none') return ''
  if (text.length > MAX_FINGERPRINT) return undefined
  const parts = text.split(':')
  const digits = parts.join('')
  const isInBytes = parts.length === 1 || parts.every((part) => part.length === 2)
  return isInBytes && digits.length === 64 && hasOnly(digits, '09AFaf') ? digits.toLowerCase() : undefined
}
