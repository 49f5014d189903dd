import { deepEqual, ok } from 'node:assert/strict'
import { RangeReply } from '../modules/update/range-reply.js'

const FROM = 512
const TO = 521

/** A reply is taken or refused in the same way whatever pieces it comes in, and gives no more bytes than were asked for. */
export default function rangeReply(bytes: Uint8Array): void {
  const whole = take([bytes])
  const single = take(Array.from(bytes, (byte) => Uint8Array.of(byte)))
  deepEqual([single.fault, single.isWhole], [whole.fault, whole.isWhole])
  // Up to a fault, what came one by one has been passed on.
  if (whole.fault === undefined) deepEqual(single.content, whole.content)
  for (const { content } of [whole, single]) ok(content.length <= TO - FROM + 1)
}

function take(pieces: readonly Uint8Array[]) {
  const reply = new RangeReply(FROM, TO)
  const content: number[] = []
  for (const piece of pieces) {
    if (reply.fault !== undefined) break
    content.push(...(reply.take(piece) ?? []))
  }
  const { fault, isWhole } = reply
  return { fault, isWhole, content }
}
