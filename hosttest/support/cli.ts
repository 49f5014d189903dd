import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Children } from './children.js'

/** What `npx meterlogger` starts: the bundle, which the test run made anew where the sources had changed (`bundled.cjs`). */
export const COMMAND = fileURLToPath(new URL('../../tools/meterlogger.js', import.meta.url))

export const KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'

export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** The command line as a user gets it; what a test has started ends with it. To be called within `describe`. */
export function commandLine() {
  const children = new Children()

  /** `meterlogger ARGS` with KEY unset. */
  function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
    return startIn({}, args)
  }

  /** @param more what the environment has beside */
  function startIn(more: NodeJS.ProcessEnv, args: readonly string[]): ChildProcessWithoutNullStreams {
    const { KEY: _, ...env } = process.env
    return children.node([COMMAND, ...args], { ...env, ...more })
  }

  /** Runs `meterlogger ARGS` to its end. */
  function meterlogger(args: readonly string[], input = '', more: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const child = startIn(more, args)
      let out = ''
      let err = ''
      child.stdout.on('data', (data) => (out += data))
      child.stderr.on('data', (data) => (err += data))
      child.on('error', reject)
      child.on('close', (code) => resolve({ code, out, err }))
      child.stdin.end(input)
    })
  }

  return { children, start, startIn, meterlogger }
}
