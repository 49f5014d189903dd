import { hasOnly } from './characters.js'

/** Whether WPA takes a text as a password: 8 to 63 printable characters of ASCII. */
export function isWpaPassword(text: string): boolean {
  return text.length >= 8 && text.length <= 63 && hasOnly(text, ' ~')
}
