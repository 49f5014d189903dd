import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { Children } from './children.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** What `npx meterlogger` starts; to compile it takes most of a second each time. */
export const COMMAND = join(ROOT, 'tools/meterlogger.js')

export const KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'

let suites = 0

export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/**
 * The command line, compiled once for the tests of a suite; what a test has started ends with it. To be called within
 * `describe`.
 */
export function commandLine() {
  const children = new Children()
  // The sources find other files by their distance from the root, so the copy keeps it.
  const compiled = join(ROOT, `build/cli-${process.pid}-${suites++}.mjs`)

  before(() =>
    build({
      stdin: {
        contents: "import { main } from './tools/main.ts'; await main(process.argv)",
        resolveDir: ROOT,
        loader: 'ts',
      },
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      outfile: compiled,
    }),
  )

  after(() => rmSync(compiled, { force: true }))

  /** `meterlogger ARGS` with KEY unset. */
  function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
    return startIn({}, args)
  }

  /** @param more what the environment has beside */
  function startIn(more: NodeJS.ProcessEnv, args: readonly string[]): ChildProcessWithoutNullStreams {
    const { KEY: _, ...env } = process.env
    return children.node([compiled, ...args], { ...env, ...more })
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

  return { children, start, meterlogger }
}
