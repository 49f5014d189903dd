import { encodeUtf8 } from './utf8.js'

/**
 * A line of text from outside as a person may see it: every control character, and every character that changes the
 * direction of what follows, stands as `\u001b`. Inside a JSON text it stays the same JSON.
 */
export function visible(text: string): string {
  if (isPlain(text)) return text
  let shown = ''
  let from = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (!isHidden(code)) continue
    shown += `${text.slice(from, i)}\\u${code.toString(16).padStart(4, '0')}`
    from = i + 1
  }
  return from === 0 ? text : shown + text.slice(from)
}

/** Whether every terminal shows it. Each look at a character costs XS 32 bytes of garbage, and one at a byte nothing. */
function isPlain(text: string): boolean {
  const bytes = encodeUtf8(text)
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! < 0x20 || bytes[i]! > 0x7e) return false
  return true
}

/** Unicode's control characters, separators of lines, and marks, embeddings, overrides and isolates of direction. */
function isHidden(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true
  if (code < 0x61c) return false
  return (
    code === 0x61c ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    code === 0xfeff
  )
}
