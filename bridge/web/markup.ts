import { escaped } from '../../decoders/escaped.js'

/** Markup. Only `html` makes it, so nothing else gets into a page unescaped. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Insert = string | number | Markup | readonly Markup[] | undefined | false

/** Markup with inserts, which it escapes unless they are markup themselves. Undefined and false insert nothing. */
export function html(markup: TemplateStringsArray, ...inserts: readonly Insert[]): Markup {
  return new Markup(markup.map((text, i) => text + textOf(inserts[i])).join(''))
}

function textOf(insert: Insert): string {
  if (insert === undefined || insert === false) return ''
  if (insert instanceof Markup) return insert.text
  if (typeof insert === 'object') return insert.map(({ text }) => text).join('')
  return escaped(String(insert))
}
