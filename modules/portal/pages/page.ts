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

const STYLE_MARKUP = new Html(STYLE)
const SCRIPT_MARKUP = new Html(SCRIPT)

/** A whole page, in pieces. */
export function* whole({ texts, name, menu }: PageContext, page: Page): Iterable<Html> {
  yield html`<!doctype html>
<html lang="${texts.code}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${page.title} – ${name}</title>
${page.waits && html`<noscript><meta http-equiv="refresh" content="3"></noscript>\n`}<style>
`
  yield STYLE_MARKUP
  const other = texts.code === 'da' ? 'en' : 'da'
  yield html`</style>
</head>
<body>
<header><strong>${name}</strong><a href="${page.path}?lang=${other}" lang="${other}" hreflang="${other}">${texts.other}</a></header>
<nav aria-label="${texts.pages}"><ul>
${menu.map(([path, title]) => html`<li><a href="${path}"${path === page.path && html` aria-current="page"`}>${title}</a></li>\n`)}</ul></nav>
<main>
<h1>${page.title}</h1>
${errorSummary(texts, page.errors ?? [])}`
  yield* page.body
  yield html`</main>
<script>`
  yield SCRIPT_MARKUP
  yield html`</script>
</body>
</html>
`
}

/** What is wrong with a form, before it; each error leads to its field. */
function errorSummary(texts: Texts, errors: readonly FormError[]): Html | undefined {
  if (errors.length === 0) return undefined
  return html`<div class="note bad" role="alert">
<p><strong>${texts.errors}</strong></p>
<ul>
${errors.map(({ field, text }) => html`<li><a href="#${field}">${texts[text]}</a></li>\n`)}</ul>
</div>
`
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
export function textField({ name, label, hint, value, type = 'text', inputMode, maxLength, errors }: Field): Html {
  const isWrong = errors.some(({ field }) => field === name)
  const hintId = hint === undefined ? undefined : `${name}-hint`
  return html`<div class="field">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}"${
    value !== undefined && html` value="${value}"`
  } maxlength="${maxLength}" autocomplete="${type === 'password' ? 'new-password' : 'off'}" autocapitalize="none" spellcheck="false"${
    inputMode !== undefined && html` inputmode="${inputMode}"`
  }${hintId !== undefined && html` aria-describedby="${hintId}"`}${isWrong && html` aria-invalid="true"`}>
${hint !== undefined && html`<small id="${hintId}">${hint}</small>\n`}</div>
`
}

/** A password field; with a script it can be shown. */
export function passwordField(texts: Texts, field: Field): Html {
  return html`${textField({ ...field, type: 'password' })}<label class="pick" hidden><input id="show" type="checkbox">${texts.showPassword}</label>
`
}
