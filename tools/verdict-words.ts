import { hasOwn } from '../modules/codec/has-own.js'
import { EN } from '../modules/portal/texts/en.js'

/** What the verdict in the text of `meter_info` means, in the words of the portal; undefined where the text has none. */
export function verdictWords(info: string): string | undefined {
  const [, key = '', signature] = /^key=([a-z ]+?)(?: ([0-9A-F]{4}))?&/.exec(info) ?? []
  if (!hasOwn(EN.keys, key)) return undefined
  const words = EN.keys[key as keyof typeof EN.keys]
  return signature === undefined ? words : `${words} ${signature}`
}
