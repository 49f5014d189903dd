const REPLACEMENT = 0xfffd

/** XS holds strings as bytes and has no TextEncoder; every look at a character costs it 32 bytes of garbage. */
const engine: ArrayBufferConstructor & { fromString?(text: string): ArrayBuffer } = ArrayBuffer
const engineText: StringConstructor & { fromArrayBuffer?(bytes: ArrayBufferLike, at: number, length: number): string } =
  String

/** XS begins a surrogate with the first of these bytes, and U+0000 with the second. No other wrong byte comes from it. */
const SURROGATE = 0xed
const NUL = 0xc0

/** First byte of a character of so many more. */
const LEADS = Object.freeze([0, 0xc0, 0xe0, 0xf0] as const)

/** Characters that are decoded at once; they go over the stack. */
const RUN = 24

/** From so many bytes on it is worth asking the engine. */
const LONG = 64

/** UTF-8 of a string. Lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  if (engine.fromString !== undefined) {
    const bytes = new Uint8Array(engine.fromString(text))
    // As many bytes as characters: it is ASCII without U+0000.
    if (bytes.length === text.length) return bytes
    if (bytes.indexOf(SURROGATE) < 0 && bytes.indexOf(NUL) < 0) return bytes
  }
  let length = 0
  for (const character of text) length += lengthOf(pointOf(character))
  const bytes = new Uint8Array(length)
  let at = 0
  for (const character of text) {
    const point = pointOf(character)
    let shift = 6 * (lengthOf(point) - 1)
    bytes[at++] = shift === 0 ? point : LEADS[shift / 6]! | (point >> shift)
    while (shift > 0) {
      shift -= 6
      bytes[at++] = 0x80 | ((point >> shift) & 0x3f)
    }
  }
  return bytes
}

/** Number of bytes that `encodeUtf8` makes of a string. */
export function byteLength(text: string): number {
  // Of ASCII without U+0000 the engine's own bytes need no view.
  const bytes = engine.fromString?.(text).byteLength
  return bytes === text.length ? bytes : encodeUtf8(text).length
}

/** Bytes of a code point. */
function lengthOf(point: number): number {
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4
}

/** The string of UTF-8 bytes. The operators' server sends Latin-1 too: a byte that is not part of a well-formed sequence is that. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = end - start < LONG ? undefined : asciiText(bytes, start, end)
  if (text !== undefined) return text
  // Added to each other, the runs of a long text would be copied again and again.
  let texts: string[] | undefined
  let units: Uint16Array | undefined
  let i = start
  while (i < end) {
    const run = i
    const limit = Math.min(end, i + RUN)
    // Four bytes a round, because on XS the loop's counting takes as long as its work.
    while (i + 3 < limit && (bytes[i]! | bytes[i + 1]! | bytes[i + 2]! | bytes[i + 3]!) < 0x80) i += 4
    while (i < limit && bytes[i]! < 0x80) i++
    let next: string
    if (i > run) next = fromCharCodes(bytes.subarray(run, i))
    else {
      units ??= new Uint16Array(RUN)
      let count = 0
      while (i < end && bytes[i]! >= 0x80 && count < RUN - 1) {
        const first = bytes[i++]!
        const more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1
        let point = first & (0x3f >> more)
        let taken = 0
        while (taken < more && i + taken < end && (bytes[i + taken]! & 0xc0) === 0x80) {
          point = (point << 6) | (bytes[i + taken]! & 0x3f)
          taken++
        }
        if (first < 0xc2 || first > 0xf4 || taken < more || !isScalar(point, more)) {
          units[count++] = first
          continue
        }
        i += more
        if (point > 0xffff) {
          units[count++] = 0xd7c0 + (point >> 10)
          point = 0xdc00 | (point & 0x3ff)
        }
        units[count++] = point
      }
      next = fromCharCodes(units.subarray(0, count))
    }
    if (text === undefined) text = next
    else if (texts === undefined) texts = [text, next]
    else texts.push(next)
  }
  return texts?.join('') ?? text ?? ''
}

/** The longest beginning of the text that is at most `limit` bytes of UTF-8, no character cut in two. */
export function cutUtf8(text: string, limit: number): string {
  let end = text.length
  while (byteLength(text.slice(0, end)) > limit) end--
  const last = text.charCodeAt(end - 1)
  return text.slice(0, end < text.length && last >= 0xd800 && last <= 0xdbff ? end - 1 : end)
}

/** The text of bytes of which each is a character, by the engine; undefined where they are something else. */
function asciiText({ buffer, byteOffset }: Uint8Array, start: number, end: number): string | undefined {
  const length = end - start
  try {
    const text = engineText.fromArrayBuffer?.(buffer, byteOffset + start, length)
    return text?.length === length ? text : undefined
  } catch {
    // It is not well-formed.
    return undefined
  }
}

/** A spread would make an iterator and a list of its own first. */
function fromCharCodes(units: Uint8Array | Uint16Array): string {
  return Reflect.apply(String.fromCharCode, undefined, units)
}

function isScalar(point: number, more: number): boolean {
  if (point >= 0xd800 && point <= 0xdfff) return false
  return point <= 0x10ffff && point >= (more === 3 ? 0x10000 : more === 2 ? 0x800 : 0x80)
}

/** The code point of one character of a text. On the ESP32 one beyond U+FFFF is one unit of the text, elsewhere two. */
function pointOf(character: string): number {
  const point = character.codePointAt(0)!
  return point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point
}
