import type { PortalChanges, PortalState } from './device.js'
import type { Form } from './form.js'
import type { ErrorName } from './form-error.js'
import type { Texts } from './texts/en.js'

/** A group of inputs on a page. The impulse, water and headers groups exist only in builds for such meters, key and number while the device has no key. */
export type Group =
  | 'key'
  | 'number'
  | 'network'
  | 'connection'
  | 'broker'
  | 'tls'
  | 'impulse'
  | 'water'
  | 'headers'
  | 'access'

/** The values of all rows. */
export interface FieldValues extends PortalChanges {
  /** Number and key of a water meter, in digits. They become one entry of `waterMeters`. */
  waterId?: string
  waterKey?: string
}

/** A setting with a field in the portal. Its page, its check and its part of the device's state follow from this row. */
export interface FieldRow {
  readonly setting: keyof FieldValues
  readonly group: Group
  /** Name and id of the input. The original's fields keep its names, because scripts use them. */
  readonly name: string
  /** Name of a list of choices that counts where the input is empty. Errors lead to this list. */
  readonly choices?: string
  /** The portal never shows a secret. It hides a password while it is typed. */
  readonly secret?: 'password' | 'key'
  /** Blanks count in a name or a password, and do not in a number or a key, which people paste as it is printed. Elsewhere those at the ends do not. */
  readonly blanks?: 'count' | 'none'
  readonly maxBytes: number
  readonly inputMode?: 'decimal' | 'numeric' | 'url'
  label(texts: Texts, state: PortalState): string
  hint?(texts: Texts, state: PortalState): string | undefined
  /** The value to show where it is not the stored one. */
  value?(state: PortalState): string | undefined
  /** The setting's value for a text, or several settings that go over those of other rows; undefined where the text is wrong. */
  parse(text: string, form: Form): string | number | FieldValues | undefined
  readonly wrong: ErrorName
  /** The error of an empty input. Without it an empty input keeps the stored value. */
  readonly missing?: ErrorName
}
