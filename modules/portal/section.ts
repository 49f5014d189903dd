import type { Form } from './form.js'
import type { Page } from './pages/page.js'
import type { Texts } from './texts/en.js'

/** The answer of a section: a page, a redirection or JSON in pieces. */
export type Answer = { readonly page: Page } | { readonly to: string } | { readonly json: Iterable<string> }

/** What makes the answer in a turn of its own: to read a long form and to store it would be too much for one. */
export type LaterAnswer = () => Answer

/** Whether the page has named errors before. */
export type Again = 'typed' | 'checked'

/** A part of the site with one entry in the menu. */
export interface Section {
  /** The page that the menu leads to. */
  readonly path: string
  /** The section's name in the menu. */
  title(texts: Texts): string
  /** Undefined where the path is not the section's, as in the others. */
  get(path: string, query: Form, texts: Texts): Answer | undefined
  /** @param again where somebody has only changed the language of a page: that page with what was typed, and nothing done */
  post?(path: string, form: Form, texts: Texts, again?: Again): Answer | LaterAnswer | undefined
  /** Takes bytes that are no form. */
  take?(path: string, query: Form, bytes: Uint8Array): Answer | undefined
}
