import type { Answer } from '../../decoders/answer.js'
import type { Progress } from '../../decoders/solver/solve.js'
import type { Result } from '../../modules/codec/result.js'

/** What a person asks, all of it as it was typed. */
export type Job =
  | {
      readonly tool: 'wmbus'
      readonly text: string
      readonly key: string
      readonly id: string
      readonly headers: string
    }
  | { readonly tool: 'kmp'; readonly text: string }
  | { readonly tool: 'en61107'; readonly text: string }
  | { readonly tool: 'open'; readonly topic: string; readonly text: string; readonly key: string }
  | {
      readonly tool: 'kem'
      readonly bytes: Uint8Array
      readonly file: string
      readonly password: string
      readonly serial: string
    }
  | { readonly tool: 'solve'; readonly text: string; readonly key: string; readonly id: string }

export type ToolName = Job['tool']

/** What the worker says to the page. */
export type Report =
  | ({ readonly is: 'progress' } & Progress)
  | { readonly is: 'answer'; readonly answer: Result<Answer> }
