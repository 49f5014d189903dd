import type { Answer } from '../decoders/answer.js'
import { NegativeResult } from './errors.js'
import { print, sayLine } from './print.js'

/** Prints an answer; where it is "no" the command ends with 1. */
export function tellAnswer({ lines, notes, problem }: Answer): void {
  for (const note of notes) sayLine(note)
  for (const line of lines) print(line)
  if (problem !== undefined) throw new NegativeResult(problem)
}
