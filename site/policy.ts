import { createHash } from 'node:crypto'

/** Nothing from anywhere but what is named. */
export function policy(own: string): string {
  return `default-src 'none'; ${own}; form-action 'none'; base-uri 'none'`
}

export function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

/** A text as it may stand in an element. Throws where it has that element's end in it, which no bundle should have. */
export function inside(text: string, name: 'script' | 'style'): string {
  if (new RegExp(`</${name}|<!--`, 'i').test(text)) throw new Error(`a bundle has the end of <${name}> in it`)
  return text
}
