import { fileURLToPath } from 'node:url'
import { bundle, type Engine, run } from './machine.js'
import type { Figures } from './scripts/figures.js'

const SCRIPTS = fileURLToPath(new URL('scripts', import.meta.url))
const OPTIONS = ['-s', '4096']
/** What a script of the whole application measures first: its code, and the world. */
const LOADED = 'loaded'

export interface Measured {
  readonly name: string
  /** Bytes of chunks and slots: at the peak and, after a collection, live; without code where that was measured. */
  readonly peak: number
  readonly live: number
  /** Meter units of the largest turn of the event loop, and of all of them. */
  readonly turn: number
  readonly units: number
  /** Slots of stack. */
  readonly stack: number
}

/** Runs a script; what it has measured, in its order. The figures are the ESP32's where the engine has 32 bits. */
export async function figuresOf(engine: Engine, script: string): Promise<readonly Measured[]> {
  const lines = run(engine, await bundle(`import './${script}.ts'`, SCRIPTS), ...OPTIONS)
    .trim()
    .split('\n')
  const all: (Figures & { readonly name: string })[] = lines.map((line) => JSON.parse(line))
  const loaded = all.find(({ name }) => name === LOADED)?.after
  return all
    .filter(({ name }) => name !== LOADED)
    .map(({ name, before, peak, after, stack, units, turn }) => {
      const base = loaded ?? before
      return { name, peak: peak - base, live: after - base, turn, units, stack }
    })
}
