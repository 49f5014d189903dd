import type { Texts } from './texts/en.js'

export type ErrorName = keyof Texts['errors']

/** An error of a form. */
export interface FormError {
  /** Id of the input that the error belongs to. */
  readonly field: string
  readonly text: ErrorName
}

export const NO_ERRORS: readonly FormError[] = Object.freeze([])
