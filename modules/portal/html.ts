/** Text that is markup already. Only `html` makes one from a template, so that nothing else gets into a page unescaped. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Insert = string | number | Html | readonly Html[] | undefined | false

/** A template whose inserts are escaped, except what is `Html` itself; undefined and false insert nothing. */
export function html(template: TemplateStringsArray, ...inserts: readonly Insert[]): Html {
  let text = template[0]!
  for (let i = 0; i < inserts.length; i++) text += insert(inserts[i]) + template[i + 1]!
  return new Html(text)
}

function insert(value: Insert): string {
  if (value === undefined || value === false) return ''
  if (value instanceof Html) return value.text
  if (typeof value !== 'object') return escapeText(String(value))
  let text = ''
  for (const part of value) text += part.text
  return text
}

/** For text between tags and for attributes in quotes. What XML and HTML have no character for becomes U+FFFD. */
export function escapeText(text: string): string {
  let escaped = ''
  let start = 0
  for (let i = 0; i < text.length; i++) {
    const entity = entityOf(text.charCodeAt(i))
    if (entity === undefined) continue
    escaped += text.slice(start, i) + entity
    start = i + 1
  }
  return start === 0 ? text : escaped + text.slice(start)
}

function entityOf(code: number): string | undefined {
  switch (code) {
    case 0x22:
      return '&quot;'
    case 0x26:
      return '&amp;'
    case 0x27:
      return '&#39;'
    case 0x3c:
      return '&lt;'
    case 0x3e:
      return '&gt;'
    case 0x7f:
      return '\ufffd'
    default:
      // Control characters, except those that are white space.
      return code < 0x20 && code !== 9 && code !== 10 && code !== 13 ? '\ufffd' : undefined
  }
}
