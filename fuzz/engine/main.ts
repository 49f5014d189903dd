import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { UsageError } from '../../tools/errors.js'
import { Progress } from '../../tools/progress.js'
import { runScript } from '../../tools/script.js'
import type { Failure } from './fuzzer.js'
import { fuzz, inputsIn } from './run.js'

const FUZZ = fileURLToPath(new URL('..', import.meta.url))
const CRASHES = join(FUZZ, 'crashes')
const TARGETS = readdirSync(FUZZ)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
const WIDTHS = [14, 12, 8, 14, 14]

interface Options {
  readonly seconds: string
  readonly runs?: string
  readonly seed?: string
  readonly input?: string
  readonly save?: true
}

const program = new Command('npm run fuzz --')
  .description('fuzzes the parsers, guided by coverage; without names all of them')
  .argument('[targets...]', TARGETS.join(', '))
  .option('--seconds <n>', 'for each target', '10')
  .option('--runs <n>', 'so many inputs for each target, however long they take: the same seed finds the same again')
  .option('--seed <n>', 'where chance begins; else another each time')
  .option('--input <file>', 'runs one target on this one input, uninstrumented')
  .option('--save', 'makes the corpus anew out of the shortest inputs that reach what the run has reached')
  .action(run)

let options: Options
let progress: Progress | undefined
let seed: string
let names: readonly string[]

await runScript(program)

async function run(targets: readonly string[], given: Options): Promise<void> {
  options = given
  seed = given.seed ?? `${Date.now()}`
  names = targets.length > 0 ? targets : TARGETS
  const { seconds, runs, input } = options
  const unknown = names.find((name) => !TARGETS.includes(name))
  if (unknown !== undefined) throw new UsageError(`no target ${unknown}; there are ${TARGETS.join(', ')}`)
  const isSensible =
    Number(seconds) > 0 &&
    (runs === undefined || Number(runs) > 0) &&
    Number.isSafeInteger(Number(seed)) &&
    (input === undefined || names.length === 1)
  if (!isSensible) throw new UsageError('--seconds, --runs, --seed or --input makes no sense')
  if (input === undefined) await fuzzAll()
  else await (await import(`../${names[0]}.ts`)).default(new Uint8Array(readFileSync(input)))
}

async function fuzzAll(): Promise<void> {
  console.log(`seed ${seed}`)
  print('target', 'runs/s', 'corpus', 'blocks', 'slowest')
  const waiting = [...names]
  let done = 0
  const threads = availableParallelism()
  const began = performance.now()
  const next = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      await fuzzOne(name)
      done++
    }
  }
  const all = Math.ceil(names.length / threads) * Number(options.seconds)
  const left = () => Math.max(0, Math.round(all - (performance.now() - began) / 1000))
  progress = new Progress(() =>
    options.runs === undefined
      ? `${done} of ${names.length} targets, about ${left()} s left`
      : `${done} of ${names.length} targets`,
  )
  await progress.during(Promise.all(Array.from({ length: threads }, next)))
}

async function fuzzOne(name: string): Promise<void> {
  const { runs, seconds, save = false } = options
  const folder = join(FUZZ, 'corpus', name)
  const { failure, executions, corpus, blocks, slowest, ...took } = await fuzz({
    name,
    source: join(FUZZ, `${name}.ts`),
    seeds: inputsIn(folder),
    limit: runs === undefined ? { milliseconds: 1000 * Number(seconds) } : { runs: Number(runs) },
    randomSeed: Number(seed),
    distil: save,
  })
  const rate = Math.round(executions / took.seconds)
  print(name, `${rate}`, `${corpus.length}`, `${blocks.covered}/${blocks.total}`, `${slowest.toFixed(1)} ms`)
  if (failure !== undefined) report(name, failure)
  else if (save) store(folder, corpus)
}

function print(...cells: readonly string[]): void {
  progress?.end()
  console.log(cells.map((cell, i) => (i === 0 ? cell.padEnd(WIDTHS[i]!) : cell.padStart(WIDTHS[i]!))).join(''))
}

function report(name: string, { input, error }: Failure): void {
  mkdirSync(CRASHES, { recursive: true })
  const file = join(CRASHES, fileName(name, input))
  writeFileSync(file, input)
  console.error(`\n${name}: ${input.length} bytes fail: ${JSON.stringify(Buffer.from(input).toString('latin1'))}`)
  console.error(`${error}\n\nagain: npm run fuzz -- ${name} --input ${relative(process.cwd(), file)}\n`)
  process.exitCode = 1
}

/** Replaces the corpus, but keeps the inputs that somebody has named. */
function store(folder: string, corpus: readonly Uint8Array[]): void {
  mkdirSync(folder, { recursive: true })
  for (const file of readdirSync(folder)) if (/^[0-9a-f]{12}$/.test(file)) rmSync(join(folder, file))
  for (const bytes of corpus) if (bytes.length > 0) writeFileSync(join(folder, fileName('', bytes)), bytes)
}

function fileName(name: string, bytes: Uint8Array): string {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
  return name === '' ? hash : `${name}-${hash}`
}
