import { toHex } from '../modules/codec/hex.js'
import { type Result, success } from '../modules/codec/result.js'
import type { Answer } from './answer.js'
import { describeFrame, splitDump } from './kmp.js'
import { bytesOfHex } from './typed-text.js'

/** All frames of a dump of both directions, one a line; what is no frame at all as if it were one. Fails where it is no hex. */
export function kmpAnswer(hex: string): Result<Answer> {
  const bytes = bytesOfHex(hex, 'frame')
  if (!bytes.ok) return bytes
  const { frames, stray } = splitDump(bytes.value)
  const described = (frames.length > 0 ? frames : [bytes.value]).map(describeFrame)
  const wrong = described.filter(({ result }) => result !== 'ok')
  return success({
    lines: described.map((frame) => JSON.stringify(frame)),
    notes: (frames.length > 0 ? stray : []).map((part) => `passed over between frames: ${toHex(part)}`),
    problem: wrong.length > 1 ? `${wrong.length} of ${frames.length} frames are wrong` : wrong[0]?.result,
  })
}
