/** Longest input. */
export const MAX_INPUT = 2048

const INTERESTING = [0, 1, 0x7f, 0x80, 0xff, 0x0a, 0x0d, 0x20, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x3a]

/** Changes inputs at random. It inserts texts of the code and parts of other inputs too. */
export class Mutator {
  readonly #below: (limit: number) => number
  readonly #dictionary: readonly Uint8Array[]

  constructor(below: (limit: number) => number, dictionary: readonly string[]) {
    this.#below = below
    this.#dictionary = dictionary.map((text) => new TextEncoder().encode(text))
  }

  mutate(original: Uint8Array, other: Uint8Array): Uint8Array {
    let bytes = original
    for (let left = 1 + this.#below(1 << this.#below(4)); left > 0; left--) bytes = this.#once(bytes, other)
    return bytes === original ? bytes.slice() : bytes.subarray(0, MAX_INPUT)
  }

  #once(bytes: Uint8Array, other: Uint8Array): Uint8Array {
    const below = this.#below
    const at = below(bytes.length + 1)
    const length = 1 + below(Math.min(1 << below(8), bytes.length + 1))
    switch (bytes.length === 0 ? 5 + below(3) : below(11)) {
      case 0:
        return changed(bytes, at, (byte) => byte ^ (1 << below(8)))
      case 1:
        return changed(bytes, at, () => below(256))
      case 2:
        return changed(bytes, at, () => INTERESTING[below(INTERESTING.length)]!)
      case 3:
        return changed(bytes, at, (byte) => byte + below(17) - 8)
      case 4:
        return splice(bytes, at, length, [])
      case 5:
        return splice(bytes, at, 0, this.#word())
      case 6:
        return splice(bytes, at, 0, new Uint8Array(1 + below(8)).fill(below(256)))
      case 7: {
        const from = below(other.length)
        return splice(bytes, at, 0, other.subarray(from, from + length))
      }
      case 8: {
        const word = this.#word()
        return splice(bytes, at, word.length, word)
      }
      case 9:
        return splice(bytes, at, 0, bytes.subarray(at, at + length))
      default: {
        const from = below(bytes.length)
        return splice(bytes, at, length, bytes.subarray(from, from + length))
      }
    }
  }

  #word(): Uint8Array {
    return this.#dictionary[this.#below(this.#dictionary.length)] ?? Uint8Array.of(this.#below(256))
  }
}

function changed(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  const copy = bytes.slice()
  if (at < copy.length) copy[at] = change(copy[at]!)
  return copy
}

function splice(bytes: Uint8Array, at: number, remove: number, insert: ArrayLike<number>): Uint8Array {
  const end = Math.min(bytes.length, at + remove)
  const result = new Uint8Array(bytes.length - (end - at) + insert.length)
  result.set(bytes.subarray(0, at))
  result.set(insert, at)
  result.set(bytes.subarray(end), at + insert.length)
  return result
}
