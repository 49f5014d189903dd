/** The command was understood and its answer is "no": exit code 1. */
export class AnswerIsNo extends Error {}

/** The command line makes no sense: exit code 2. */
export class WrongUsage extends Error {}
