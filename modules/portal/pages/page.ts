import type { FormError } from '../answer.js'
import { Html, html } from '../html.js'
import { SCRIPT } from '../script.js'
import { STYLE } from '../style.js'
import type { Texts } from '../texts/en.js'

/** What every page is made with. */
export interface PageContext {
  readonly texts: Texts
  /** Name of the set-up network, and so of the device. */
  readonly name: string
  /** Path and name of the pages there are. */
  readonly menu: readonly (readonly [path: string, title: string])[]
}

export interface Page {
  /** Where the page is found again. */
  readonly path: string
  readonly title: string
  readonly body: Iterable<Html>
  /** Of the form that came, when there are any. */
  readonly errors?: readonly FormError[]
  /** A page that waits is asked for again every few seconds. */
  readonly waits?: boolean
}

const STYLE_MARKUP = Object.freeze(new Html(STYLE))
const SCRIPT_MARKUP = Object.freeze(new Html(SCRIPT))

/** A whole page, in pieces. */
export function* whole({ texts, name, menu }: PageContext, page: Page): Iterable<Html> {
  const { path, title, body, errors, waits } = page
  yield html('<!doctype html>\n<html lang="', texts.code, '">\n<head>\n<meta charset="utf-8">\n')
  yield html('<meta name="viewport" content="width=device-width,initial-scale=1">\n<title>', title, ' – ', name)
  yield html('</title>\n', waits && html('<noscript><meta http-equiv="refresh" content="3"></noscript>\n'), '<style>\n')
  yield STYLE_MARKUP
  yield html('</style>\n</head>\n<body>\n<header><strong>', name, '</strong>')
  const other = texts.code === 'da' ? 'en' : 'da'
  yield html('<a href="', path, '?lang=', other, '" lang="', other, '" hreflang="', other, '">', texts.other, '</a>')
  yield html('</header>\n<nav aria-label="', texts.pages, '"><ul>\n')
  for (const [to, label] of menu)
    yield html('<li><a href="', to, '"', to === path && html(' aria-current="page"'), '>', label, '</a></li>\n')
  yield html('</ul></nav>\n<main>\n<h1>', title, '</h1>\n')
  if (errors !== undefined && errors.length > 0) yield* errorSummary(texts, errors)
  yield* body
  yield html('</main>\n<script>')
  yield SCRIPT_MARKUP
  yield html('</script>\n</body>\n</html>\n')
}

/** What is wrong with a form, before it; each error leads to its field. */
function* errorSummary(texts: Texts, errors: readonly FormError[]): Iterable<Html> {
  yield html('<div class="note bad" role="alert">\n<p><strong>', texts.errors, '</strong></p>\n<ul>\n')
  for (const { field, text } of errors) yield html('<li><a href="#', field, '">', texts[text], '</a></li>\n')
  yield html('</ul>\n</div>\n')
}

export interface Field {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly value?: string
  readonly type?: 'text' | 'password'
  readonly inputMode?: 'decimal' | 'numeric' | 'url'
  readonly maxLength: number
  readonly errors: readonly FormError[]
}

/** A labelled text field. What is typed here are names and codes, which no keyboard is to correct. */
export function* textField(field: Field): Iterable<Html> {
  const { name, label, hint, value, type = 'text', inputMode, maxLength, errors } = field
  yield html('<div class="field">\n<label for="', name, '">', label, '</label>\n')
  yield html('<input id="', name, '" name="', name, '" type="', type, '" maxlength="', maxLength, '"')
  if (value !== undefined) yield html(' value="', value, '"')
  if (inputMode !== undefined) yield html(' inputmode="', inputMode, '"')
  if (hint !== undefined) yield html(' aria-describedby="', name, '-hint"')
  if (errors.some((error) => error.field === name)) yield html(' aria-invalid="true"')
  const autocomplete = type === 'password' ? 'new-password' : 'off'
  yield html(' autocomplete="', autocomplete, '" autocapitalize="none" spellcheck="false">\n')
  if (hint !== undefined) yield html('<small id="', name, '-hint">', hint, '</small>\n')
  yield html('</div>\n')
}

/** A password field; with a script it can be shown. */
export function* passwordField(texts: Texts, field: Field): Iterable<Html> {
  yield* textField({ ...field, type: 'password' })
  yield html('<label class="pick show" hidden><input id="show" type="checkbox">', texts.showPassword, '</label>\n')
}

/** A unit as people write it. */
export function unitText(unit: string): string {
  return unit === 'C' ? '°C' : unit === 'm3' ? 'm³' : unit
}
