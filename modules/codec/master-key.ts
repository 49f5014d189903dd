import { fromHex, toHex } from './hex.js'
import { failure, type Result, success } from './result.js'

/** The key of the examples, here and in the original, where it is the default too. */
export const EXAMPLE_KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'
/** The key of the examples of the standard for AES. */
const AES_EXAMPLE_KEY = '2b7e151628aed2a6abf7158809cf4f3c'

/** A master key's 16 bytes from its 32 hex digits. The error never shows it. */
export function parseMasterKey(text: string): Result<Uint8Array> {
  if (text.length !== 32) return failure(`expected 32 hex digits, got ${text.length} characters`)
  const key = fromHex(text)
  return key === undefined ? failure('expected 32 hex digits, got other characters among them') : success(key)
}

/** Whether everybody knows this key, or guesses it first: one of public examples, or one byte all over. It protects nothing. */
export function isExampleKey(key: Uint8Array): boolean {
  const text = toHex(key)
  return text === EXAMPLE_KEY || text === AES_EXAMPLE_KEY || key.every((byte) => byte === key[0])
}
