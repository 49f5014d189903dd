import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Limit } from './fuzzer.js'
import { bundleWorker, instrument } from './instrument.js'
import { MAX_INPUT } from './mutate.js'
import type { Report, Task } from './worker.js'

/** An input that keeps a target busy for longer is a hang: by the clock and, on a busy computer, by the processor's time. */
const HANG = 5_000
const HEAP = 512
const STATE = 8

export interface RunOptions {
  readonly name: string
  /** The target's source, whose default export is a `Target`. */
  readonly source: string
  readonly seeds: readonly Uint8Array[]
  readonly limit: Limit
  readonly randomSeed: number
  /** The report's corpus is reduced to the shortest inputs that reach as much. */
  readonly distil?: boolean
}

let worker: Promise<string> | undefined

/** Fuzzes a target in a thread of its own, which ends with it when it hangs or eats the memory. */
export async function fuzz({ source, distil = false, ...options }: RunOptions): Promise<Report> {
  const shared = new SharedArrayBuffer(STATE + MAX_INPUT)
  const task: Task = { ...(await instrument(options.name, source)), ...options, distil, shared }
  worker ??= bundleWorker()
  const thread = new Worker(await worker, {
    workerData: task,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP },
  })
  const state = new Int32Array(shared, 0, 2)
  return new Promise((resolve) => {
    let last = 0
    const began = performance.now()
    let since = began
    let cpu = process.cpuUsage()
    const fail = (error: string) => {
      clearInterval(watch)
      void thread.terminate()
      const input = new Uint8Array(shared, STATE, state[1]!).slice()
      const seconds = (performance.now() - began) / 1000
      const blocks = { covered: 0, total: 0 }
      resolve({ failure: { input, error }, executions: state[0]!, seconds, slowest: HANG, corpus: [], blocks })
    }
    const watch = setInterval(() => {
      if (state[0] !== last) {
        since = performance.now()
        cpu = process.cpuUsage()
      }
      last = state[0]!
      const busy = process.cpuUsage(cpu).user / 1000
      if (last > 0 && performance.now() - since > HANG && busy > HANG) fail(`hangs: not done after ${HANG / 1000} s`)
    }, HANG / 10)
    thread.once('error', (error) => fail(error.stack ?? error.message))
    thread.once('message', (report: Report) => {
      clearInterval(watch)
      void thread.terminate()
      resolve(report)
    })
  })
}

/** Reads the inputs in a folder, which need not exist. */
export function inputsIn(folder: string): Uint8Array[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .sort()
    .map((file) => new Uint8Array(readFileSync(join(folder, file))))
}
