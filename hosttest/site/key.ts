/** The key of the worlds in tests. */
export const KEY = Uint8Array.from({ length: 16 }, (_, i) => 7 * i + 1)
