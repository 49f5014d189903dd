/** Text that is markup already. Only `html` makes one from a template, so that nothing else gets into a page unescaped. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Insert = string | number | Html | undefined | false

/**
 * Markup and inserts in turn, markup first. Inserts are escaped, except what is `Html` itself; undefined and false
 * insert nothing. (A tagged template would read better, but each costs the engine two arrays of RAM for good.)
 */
export function html<const Parts extends readonly unknown[]>(...parts: Parts & InTurn<Parts>): Html {
  // The list is nobody else's, and joined at once: every sum in between would be a copy.
  const texts = parts as unknown as (string | Insert)[]
  for (let i = 1; i < texts.length; i += 2) texts[i] = textOf(texts[i])
  return new Html(texts.join(''))
}

/** Markup is only ever a literal: a text that is made at run time does not compile here. */
type InTurn<Parts extends readonly unknown[]> = Parts extends readonly [infer Markup, infer Value, ...infer Rest]
  ? readonly [Literal<Markup>, Value extends Insert ? Value : Insert, ...InTurn<Rest>]
  : Parts extends readonly [infer Markup]
    ? readonly [Literal<Markup>]
    : readonly []

type Literal<Text> = Text extends string ? (string extends Text ? never : Text) : never

function textOf(value: Insert): string {
  if (value === undefined || value === false) return ''
  return value instanceof Html ? value.text : escapeText(String(value))
}

/** Anything but what needs no escape. */
const SPECIAL = /[^\t\n\r !#-%(-;=?-~\u0080-\uffff]/

/** For text between tags and for attributes in quotes. What XML and HTML have no character for becomes U+FFFD. */
export function escapeText(text: string): string {
  if (!SPECIAL.test(text)) return text
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
