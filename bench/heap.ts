import { LONGEST_TURN, SCRIPTS } from '../hosttest/xs/goals.js'
import { buildMachine, engine32 } from '../hosttest/xs/machine.js'
import { figuresOf } from '../hosttest/xs/measured.js'
import { printTable } from './table.js'

const STEPS = ['kmp', 'seal', 'vw1871', 'wmbus']

const engine = engine32()
if (typeof engine === 'string') {
  console.log(`\nHeap and turns on XS: skipped, ${engine}`)
} else {
  buildMachine(engine)
  const steps = (await Promise.all(STEPS.map((step) => figuresOf(engine, step)))).flat()
  printTable(
    'One step on XS for 32 bits, native AES and SHA-256 stubbed',
    ['', 'bytes at the peak', 'slots of stack', 'meter units'],
    steps.map(({ name, peak, stack, units }) => [name, peak, stack, units]),
  )
  // The tests run the same scripts, and compare what they say; in an emulator all of them take minutes.
  const isEmulated = engine.starter.length > 0
  if (isEmulated) console.log(`\nin ${engine.starter.join(' ')}: the first of ${SCRIPTS.length} tables`)
  for (const { title, script, rows } of isEmulated ? SCRIPTS.slice(0, 1) : SCRIPTS) {
    const figures = await figuresOf(engine, script)
    printTable(
      `${title}; largest turn in meter units, before: commit 52333a9`,
      ['', 'live', 'peak', 'before', 'goal', 'largest turn', 'before', 'goal', 'slots of stack'],
      figures.map(({ name, live, peak, turn, stack }, i) => [
        name,
        live,
        peak,
        rows[i]!.before?.peak ?? '',
        rows[i]!.peak ?? '',
        turn,
        rows[i]!.before?.turn ?? '',
        LONGEST_TURN,
        stack,
      ]),
    )
  }
}
