import { decodeUtf8, encodeUtf8 } from '../../codec/utf8.js'

/** Bytes of a body that hold its prefix in any case: `/sample/v2/123456789012/` is the longest. */
export const MAX_PREFIX = 40

/** The body of a sample: length of the prefix u8, prefix, text; both in UTF-8. */
export function encodeBody(prefix: string, text: string): Uint8Array {
  const head = encodeUtf8(prefix)
  const tail = encodeUtf8(text)
  const body = new Uint8Array(1 + head.length + tail.length)
  body[0] = head.length
  body.set(head, 1)
  body.set(tail, 1 + head.length)
  return body
}

export function prefixOf(body: Uint8Array): string {
  return decodeUtf8(body, 1, Math.min(body.length, 1 + body[0]!))
}

export function textOf(body: Uint8Array): string {
  return decodeUtf8(body, 1 + body[0]!)
}
