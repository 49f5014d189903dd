import type { FlashState } from '../device.js'
import type { FormError } from '../form-error.js'
import { Html, html } from '../html.js'
import { SCRIPT } from '../script.js'
import { STYLE } from '../style.js'
import type { Texts } from '../texts/en.js'

/** The parts that every page has. */
export interface PageContext {
  readonly texts: Texts
  /** The set-up network's name, which names the device. */
  readonly name: string
  /** Path and title of every section. */
  readonly menu: readonly (readonly [path: string, title: string])[]
  readonly flash: FlashState
}

export interface Page {
  /** The page's own address. */
  readonly path: string
  readonly title: string
  readonly body: Iterable<Html>
  /** The errors of the rejected form. */
  readonly errors?: readonly FormError[]
  /** Whether the page waits for something. The browser then reloads it every few seconds. */
  readonly waits?: boolean
  /** Whether the page has a form with the id `typed`, whose inputs outlast a change of language. */
  readonly hasForm?: boolean
}

const STYLE_MARKUP = Object.freeze(new Html(STYLE))
const CHECK = Object.freeze(new Html('check'))
const LANG = Object.freeze(new Html('lang'))
const BUTTON_END = Object.freeze(new Html('</button>'))
const LINK_END = Object.freeze(new Html('</a>'))
const SCRIPT_MARKUP = Object.freeze(new Html(SCRIPT))

/** Yields a complete page in pieces. */
export function* renderPage({ texts, name, menu, flash }: PageContext, page: Page): Iterable<Html> {
  const { path, title, body, errors, waits, hasForm } = page
  const hasErrors = errors !== undefined && errors.length > 0
  yield html('<!doctype html>\n<html lang="', texts.code, '">\n<head>\n<meta charset="utf-8">\n')
  yield html('<meta name="viewport" content="width=device-width,initial-scale=1">\n<title>', title, ' – ', name)
  yield html('</title>\n', waits && html('<noscript><meta http-equiv="refresh" content="3"></noscript>\n'), '<style>\n')
  yield STYLE_MARKUP
  yield html('</style>\n</head>\n<body>\n<header><strong>', name, '</strong>')
  yield html('</header>\n<nav aria-label="', texts.pages, '"><ul>\n')
  for (const [to, label] of menu)
    yield html('<li><a href="', to, '"', to === path && html(' aria-current="page"'), '>', label, '</a></li>\n')
  yield html('</ul></nav>\n<main>\n<h1>', title, '</h1>\n')
  if (flash.settings !== 'works') yield alert(texts.flashSettings[flash.settings])
  if (flash.journal !== 'works') yield alert(texts.flashJournal[flash.journal])
  if (hasErrors) yield* errorSummary(texts, errors)
  yield* body
  yield html('</main>\n<footer>')
  const other = texts.code === 'da' ? 'en' : 'da'
  // Behind the form: its first button is the one that Enter presses.
  if (hasForm) yield html('<button form="typed" name="', hasErrors ? CHECK : LANG, '" value="', other, '" class="lang"')
  else yield html('<a href="', path, '?lang=', other, '" hreflang="', other, '"')
  yield html(' lang="', other, '">', texts.other, '', hasForm ? BUTTON_END : LINK_END)
  yield html('</footer>\n<script>')
  yield SCRIPT_MARKUP
  yield html('</script>\n</body>\n</html>\n')
}

function alert(text: string): Html {
  return html('<p class="note bad" role="alert">', text, '</p>\n')
}

/** The list of errors above a form. Each error leads to its input. */
function* errorSummary(texts: Texts, errors: readonly FormError[]): Iterable<Html> {
  yield html('<div class="note bad" role="alert">\n<p><strong>', texts.errorsTitle, '</strong></p>\n<ul>\n')
  for (const { field, text } of errors) yield html('<li><a href="#', field, '">', texts.errors[text], '</a></li>\n')
  yield html('</ul>\n</div>\n')
}
