/** The SDK's own numbers from bytes. */
const Numbers = BigInt as unknown as { fromArrayBuffer(bytes: ArrayBuffer): bigint }

/** The number that these bytes are, big-endian. */
export function numberOf(bytes: Uint8Array): bigint {
  return Numbers.fromArrayBuffer(bytes.slice().buffer)
}
