/** The key of the examples, here and in the original, where it is the default too; it protects nothing. */
export const EXAMPLE_KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'

/** Whether everybody knows a key, or guesses it first: that of the examples, or one digit pair all over. */
export function isPublicKey(key: Uint8Array): boolean {
  return Buffer.from(key).toString('hex') === EXAMPLE_KEY || key.every((byte) => byte === key[0])
}
