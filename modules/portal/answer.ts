import type { Form } from './form.js'
import type { Page } from './pages/page.js'
import type { Texts } from './texts/en.js'

/** What a part of the site answers: a page, where to go instead, or JSON in pieces; undefined when it has no such page. */
export type Answer = { readonly page: Page } | { readonly to: string } | { readonly json: Iterable<string> } | undefined

/** A part of the site. */
export interface Section {
  get(path: string, query: Form, texts: Texts): Answer
  post(path: string, form: Form, texts: Texts): Answer
}

/** A field that is wrong, and the text that says how. */
export interface FormError {
  readonly field: string
  readonly text:
    | 'noNetwork'
    | 'longNetwork'
    | 'longPassword'
    | 'wrongBroker'
    | 'wrongSerial'
    | 'wrongReading'
    | 'wrongPerUnit'
    | 'wrongId'
    | 'wrongKey'
    | 'tooMany'
    | 'builtIn'
    | 'wrongPortalPassword'
}

export const NO_ERRORS: readonly FormError[] = Object.freeze([])
