/** Markup. Only `html` makes it at run time, so nothing else gets into a page unescaped. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Insert = string | number | Html | undefined | false

/**
 * Joins markup and inserts, which alternate; markup comes first. It escapes inserts, except `Html`. Undefined and false
 * insert nothing. (A tagged template would read better, but each one costs the engine two arrays of RAM for good.)
 */
export function html<const Parts extends readonly unknown[]>(...parts: Parts & InTurn<Parts>): Html {
  // The rest parameter is ours to change. One join makes one string; adding would copy the text each time.
  const texts = parts as unknown as (string | Insert)[]
  for (let i = 1; i < texts.length; i += 2) texts[i] = textOf(texts[i])
  return new Html(texts.join(''))
}

/** Markup has to be a literal: a text that is made at run time does not compile here. */
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

/** Escapes text for use between tags and in quoted attributes. Characters that HTML forbids become U+FFFD. */
function escapeText(text: string): string {
  const { length } = text
  let escaped = ''
  let start = 0
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    // Most characters need no call: letters, blanks, and digits with what stands between `'` and `<`.
    if (code > 0x3e ? code !== 0x7f : code === 0x20 || (code > 0x27 && code < 0x3c)) continue
    const entity = entityOf(code)
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
      // Control characters are forbidden, except white space.
      return code < 0x20 && code !== 9 && code !== 10 && code !== 13 ? '\ufffd' : undefined
  }
}
