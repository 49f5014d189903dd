/** What a decoder answers, for the command line and for a page alike. */
export interface Answer {
  /** For machines, one line each: JSON, or the text of a message. */
  readonly lines: readonly string[]
  /** What a person should know beside that. */
  readonly notes: readonly string[]
  /** Why the answer is "no"; undefined where all was read. */
  readonly problem?: string | undefined
}
