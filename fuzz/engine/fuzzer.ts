import type { Counters } from './counters.js'
import { Mutator } from './mutate.js'

/** A property: it takes any bytes and throws when something is not as it has to be. */
export type Target = (bytes: Uint8Array) => void | Promise<void>

export interface Failure {
  readonly input: Uint8Array
  readonly error: string
}

/** After how long, or after how many inputs, a fuzzer has tried enough. */
export type Limit = { readonly milliseconds: number } | { readonly runs: number }

const MINIMISING_RUNS = 20_000

/** Keeps inputs that reach new code and changes them further, as the fuzzers of the AFL family do. */
export class Fuzzer {
  readonly corpus: Uint8Array[] = []
  /** Milliseconds. */
  slowest = 0
  executions = 0
  readonly #target: Target
  readonly #counters: Counters
  readonly #mutator: Mutator
  readonly #below: (limit: number) => number
  readonly #beforeRun: (input: Uint8Array) => void

  constructor(
    target: Target,
    counters: Counters,
    dictionary: readonly string[],
    random: () => number,
    beforeRun: (input: Uint8Array) => void,
  ) {
    this.#target = target
    this.#counters = counters
    this.#below = (limit) => Math.floor(random() * limit)
    this.#mutator = new Mutator(this.#below, dictionary)
    this.#beforeRun = beforeRun
  }

  /** Runs the seeds and then new inputs until the limit is reached or one fails, which it minimises. */
  async run(seeds: readonly Uint8Array[], limit: Limit): Promise<Failure | undefined> {
    const began = performance.now()
    const isOver = () =>
      'runs' in limit ? this.executions >= limit.runs : performance.now() - began >= limit.milliseconds
    this.#counters.reset()
    for (const seed of [new Uint8Array(0), ...seeds]) {
      const failure = await this.#tryOut(seed)
      if (failure !== undefined) return failure
    }
    while (!isOver()) {
      const failure = await this.#tryOut(this.#mutator.mutate(this.#choose(), this.#choose()))
      if (failure !== undefined) return failure
    }
    return undefined
  }

  /** Finds the shortest inputs that together reach all that the corpus reaches. */
  async distil(): Promise<Uint8Array[]> {
    this.#counters.reset()
    const kept: Uint8Array[] = []
    for (const input of [...this.corpus].sort((one, other) => one.length - other.length)) {
      const { covered } = this.#counters.blocks
      await this.#fails(input)
      this.#counters.take()
      if (this.#counters.blocks.covered > covered) kept.push(input)
    }
    return kept
  }

  async #tryOut(input: Uint8Array): Promise<Failure | undefined> {
    const began = performance.now()
    const error = await this.#fails(input)
    this.slowest = Math.max(this.slowest, performance.now() - began)
    if (error !== undefined) return this.#minimised({ input, error })
    if (this.#counters.take()) this.corpus.push(input)
    return undefined
  }

  /** Picks an input; the newer half of the corpus comes twice as often as the older. */
  #choose(): Uint8Array {
    const size = this.corpus.length
    return this.corpus[Math.max(this.#below(size), this.#below(size))]!
  }

  /** Leaves out pieces, large ones first, as long as what is left still fails. */
  async #minimised(failure: Failure): Promise<Failure> {
    let smallest = failure
    let runs = 0
    for (let size = smallest.input.length >> 1; size > 0; size >>= 1) {
      for (let at = 0; at < smallest.input.length && runs < MINIMISING_RUNS; runs++) {
        const { input: whole } = smallest
        const input = new Uint8Array(Math.max(at, whole.length - size))
        input.set(whole.subarray(0, at))
        input.set(whole.subarray(at + size), at)
        const error = await this.#fails(input)
        if (error === undefined) at += size
        else smallest = { input, error }
      }
    }
    return smallest
  }

  async #fails(input: Uint8Array): Promise<string | undefined> {
    this.executions++
    this.#beforeRun(input)
    try {
      const promise = this.#target(input)
      if (promise !== undefined) await promise
      return undefined
    } catch (error) {
      return error instanceof Error ? error.stack! : String(error)
    }
  }
}
