import { DA } from './da.js'
import { EN, type Texts } from './en.js'

/** The known language with the highest weight in Accept-Language; English where it names none. */
export function languageOf(acceptLanguage: string): Texts {
  let best = EN as Texts
  let weight = 0
  for (const item of acceptLanguage.split(',')) {
    const texts = textsOf(item.trim().slice(0, 2).toLowerCase())
    if (texts === undefined) continue
    const q = item.split(';').find((text) => text.trim().startsWith('q='))
    const quality = q === undefined ? 1 : Number(q.trim().slice(2))
    if (quality > weight) {
      best = texts
      weight = quality
    }
  }
  return best
}

export function textsOf(code: string): Texts | undefined {
  return code === 'da' ? DA : code === 'en' ? EN : undefined
}
