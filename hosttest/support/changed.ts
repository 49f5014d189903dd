/** A random whole number below the limit. */
export type Below = (limit: number) => number

/**
 * The bytes with one change at a random place: a bit or a byte is another, some are missing, one of `words` comes in, the
 * end is cut off, or a piece comes twice.
 */
export function changed(bytes: Uint8Array, below: Below, words: readonly ArrayLike<number>[]): Uint8Array {
  const at = below(bytes.length)
  switch (below(6)) {
    case 0:
      return replaced(bytes, at, bytes[at]! ^ (1 << below(8)))
    case 1:
      return replaced(bytes, at, below(256))
    case 2:
      return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + below(4)))
    case 3:
      return joined(bytes.subarray(0, at), words[below(words.length)]!, bytes.subarray(at))
    case 4:
      return bytes.subarray(0, Math.max(1, at))
    default:
      return joined(bytes.subarray(0, at), bytes.subarray(at, at + below(16)), bytes.subarray(at))
  }
}

/** Several pieces one after the other. */
export function joined(...pieces: readonly ArrayLike<number>[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.length
  }
  return bytes
}

function replaced(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  // A Buffer's `slice` is no copy.
  const copy = Uint8Array.from(bytes)
  copy[at] = byte
  return copy
}
