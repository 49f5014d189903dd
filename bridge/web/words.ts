import { html, type Markup } from './markup.js'

/** When something will be seen of a meter of which there is nothing. */
export const TO_COME =
  'The first sample is still to come: a device that is connected to the broker sends one every minute.'

/** An instant in the zone of this computer, to the minute. @param instant as the database tells it */
export function instantShown(instant: string): Markup {
  const date = new Date(instant)
  const words = date.toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
  return html`<time datetime="${instant}">${words}</time>`
}

/** Decimals that some of the numbers need: zeros that all of them end with say nothing. */
export function decimalsOf(texts: readonly (string | null | undefined)[]): number {
  return Math.max(0, ...texts.map((text) => text?.split('.')[1]?.replace(/0+$/, '').length ?? 0))
}

/**
 * Digits of a number with a space between thousands, which no locale takes for a decimal point.
 * @param most decimals that are shown; only zeros may be beyond them
 */
export function digitsShown(text: string, most = Number.POSITIVE_INFINITY): string {
  const [whole = '', all] = text.split('.')
  const decimals = all?.slice(0, most) || undefined
  const grouped = whole.replace(/[0-9](?=(?:[0-9]{3})+$)/g, '$&\u202f').replace('-', '−')
  return decimals === undefined ? grouped : `${grouped}.${decimals}`
}
