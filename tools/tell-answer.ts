import type { Answer } from '../decoders/answer.js'
import { NegativeResult } from './errors.js'
import { printResult } from './json-table.js'
import { print, sayLine } from './print.js'

/** Prints an answer, as it is or as tables with an empty line between them; where it is "no" the command ends with 1. */
export function tellAnswer({ lines, notes, problem }: Answer, isTable = false): void {
  for (const note of notes) sayLine(note)
  for (const [i, line] of lines.entries()) {
    if (isTable && i > 0) print('')
    printResult(line, isTable)
  }
  if (problem !== undefined) throw new NegativeResult(problem)
}
