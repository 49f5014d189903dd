import { type Result, success } from '../modules/codec/result.js'
import type { Answer } from './answer.js'
import { describeReply } from './en61107.js'
import { bytesOfHex } from './typed-text.js'

/** A data block or a reply of standard data. Fails where it is no hex. */
export function en61107Answer(hex: string): Result<Answer> {
  const bytes = bytesOfHex(hex, 'reply')
  if (!bytes.ok) return bytes
  const reply = describeReply(bytes.value)
  return success({
    lines: [JSON.stringify(reply)],
    notes: [],
    problem: reply.result === 'ok' ? undefined : reply.result,
  })
}
