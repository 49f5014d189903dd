import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../../tools/meterlogger.js', import.meta.url))

export const KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'

export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** `meterlogger ARGS` with KEY unset. */
export function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  const { KEY: _, ...env } = process.env
  return spawn(process.execPath, [COMMAND, ...args], { env })
}

/** Runs `meterlogger ARGS` to its end. */
export function meterlogger(args: readonly string[], input = ''): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = start(...args)
    let out = ''
    let err = ''
    child.stdout.on('data', (data) => (out += data))
    child.stderr.on('data', (data) => (err += data))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, err }))
    child.stdin.end(input)
  })
}

/** Lines of a stream as they come. */
export class Lines {
  readonly all: string[] = []
  #waiting = new Set<() => void>()
  #rest = ''

  constructor(stream: NodeJS.ReadableStream) {
    stream.setEncoding('utf8').on('data', (data: string) => {
      const parts = (this.#rest + data).split('\n')
      this.#rest = parts.pop()!
      this.all.push(...parts)
      for (const check of this.#waiting) check()
    })
  }

  /** The first line that has come or will come and matches; rejects after `ms` milliseconds. */
  find(pattern: RegExp, ms = 20_000): Promise<string> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(check)
        reject(new Error(`no line ${pattern} within ${ms} ms:\n${this.all.join('\n')}`))
      }, ms)
      const check = () => {
        const line = this.all.find((text) => pattern.test(text))
        if (line === undefined) return
        clearTimeout(timer)
        this.#waiting.delete(check)
        resolve(line)
      }
      this.#waiting.add(check)
      check()
    })
  }
}
