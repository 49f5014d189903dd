/** Pairs `name=value` in their order, with `&` and `=` in the values escaped. */
export function pairsText(pairs: Readonly<Record<string, string>>): string {
  return Object.keys(pairs)
    .map((name) => `${name}=${escaped(pairs[name]!)}`)
    .join('&')
}

/** The pairs of such a text. A part without `=` is a name whose value is empty; an empty part is none. */
export function parsePairs(text: string): readonly (readonly [name: string, value: string])[] {
  return text
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      return equals < 0 ? [part, ''] : [part.slice(0, equals), unescaped(part.slice(equals + 1))]
    })
}

/** The text of an escaped value. */
export function unescaped(value: string): string {
  return value.replaceAll('%3D', '=').replaceAll('%3d', '=').replaceAll('%26', '&')
}

/** The value as a part of such a text. */
export function escaped(value: string): string {
  return value.replaceAll('&', '%26').replaceAll('=', '%3D')
}
