import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildMachine, bundle, missingCompiler, run } from '../hosttest/xs/machine.js'
import type { Figures } from '../hosttest/xs/scripts/figures.js'
import { printTable } from './table.js'

const SCRIPTS = fileURLToPath(new URL('../hosttest/xs/scripts', import.meta.url))
const OPTIONS = ['-s', '4096']

async function figures(name: string): Promise<(Figures & { readonly name: string })[]> {
  const script = await bundle(`import './${name}.ts'`, join(SCRIPTS))
  return run(script, ...OPTIONS)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

const missing = missingCompiler()
if (missing !== undefined) {
  console.log(`\nHeap on XS: skipped, ${missing}`)
} else {
  buildMachine()
  const empty = (await figures('empty'))[0]!.before
  const steps: Awaited<ReturnType<typeof figures>> = []
  for (const name of ['kmp', 'seal', 'journal', 'vw1871', 'wmbus', 'portal']) steps.push(...(await figures(name)))
  printTable(
    'One step on XS for 32 bits, native AES and SHA-256 stubbed',
    ['', 'bytes at the peak', 'slots of stack', 'meter units'],
    steps.map(({ name, before, peak, stack, units }) => [name, peak - before, stack, units]),
  )
  const application = await figures('application')
  const loaded = application[0]!
  printTable(
    `The whole application on XS for 32 bits; an empty machine has ${empty} bytes of chunks and slots`,
    ['', 'live', 'peak', 'peak without code', 'slots of stack', 'meter units'],
    application.map(({ name, peak, after, stack, units }) => [
      name,
      after - empty,
      peak - empty,
      peak - loaded.after,
      stack,
      units,
    ]),
  )
}
