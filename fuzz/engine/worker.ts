import { createRequire } from 'node:module'
import { parentPort, workerData } from 'node:worker_threads'
import { seededRandom } from '../../twin/random.js'
import { Counters } from './counters.js'
import { type Failure, Fuzzer, type Limit, type Target } from './fuzzer.js'
import type { Instrumented } from './instrument.js'

/** What a worker fuzzes, and where it says which input it is busy with. */
export interface Task extends Instrumented {
  readonly name: string
  readonly seeds: readonly Uint8Array[]
  readonly limit: Limit
  readonly randomSeed: number
  readonly distil: boolean
  /** Holds the number of the current input and its length, each as an i32, and then the input. */
  readonly shared: SharedArrayBuffer
}

export interface Report {
  readonly failure: Failure | undefined
  readonly executions: number
  readonly seconds: number
  readonly slowest: number
  readonly corpus: readonly Uint8Array[]
  readonly blocks: { readonly covered: number; readonly total: number }
}

const { name, file, dictionary, seeds, limit, randomSeed, distil, shared }: Task = workerData
const state = new Int32Array(shared, 0, 2)
const current = new Uint8Array(shared, state.byteLength)

const target: Target = createRequire(import.meta.url)(file).default
const counters = new Counters(name)
const fuzzer = new Fuzzer(target, counters, dictionary, seededRandom(randomSeed), (input) => {
  current.set(input)
  state[1] = input.length
  state[0] = fuzzer.executions
})
const began = performance.now()
const failure = await fuzzer.run(seeds, limit)
const { executions, slowest } = fuzzer
const { blocks } = counters
const report: Report = {
  failure,
  executions,
  slowest,
  seconds: (performance.now() - began) / 1000,
  blocks,
  corpus: distil && failure === undefined ? await fuzzer.distil() : fuzzer.corpus,
}
parentPort!.postMessage(report)
