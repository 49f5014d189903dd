import { deepEqual, equal, ok } from 'node:assert/strict'
import { answerQuery } from '../modules/portal/dns.js'

const ADDRESS = [192, 168, 4, 1]
const HEADER = 12

/** An answer repeats the id and the one question, and is not much longer than the query. @returns the answer */
export default function dns(bytes: Uint8Array): Uint8Array | undefined {
  const answer = answerQuery(bytes, ADDRESS)
  if (answer === undefined) return undefined
  ok(answer.length <= bytes.length + 16, 'amplifies')
  deepEqual(answer.subarray(0, 2), bytes.subarray(0, 2))
  equal(answer[2]! & 0x80, 0x80)
  equal(bytes[2]! & 0x80, 0, 'an answer is answered')
  const counts = new DataView(answer.buffer)
  equal(counts.getUint16(4), 1)
  equal(counts.getUint32(8), 0)
  const answers = counts.getUint16(6)
  ok(answers <= 1)
  const end = answer.length - 16 * answers
  deepEqual(answer.subarray(HEADER, end), bytes.subarray(HEADER, end))
  if (answers === 1) deepEqual([...answer.subarray(-4)], ADDRESS)
  return answer
}
