import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { createInstrumenter } from 'istanbul-lib-instrument'
import { COUNTERS } from './counters.js'

const BUILD = fileURLToPath(new URL('../../build/fuzz/', import.meta.url))

/** A file with a target and all that it imports, which counts the code that runs. */
export interface Instrumented {
  readonly file: string
  /** The texts in the code, because a parser compares its input with them. */
  readonly dictionary: readonly string[]
}

export async function instrument(name: string, source: string): Promise<Instrumented> {
  const code = await bundle(source, 'cjs')
  const instrumenter = createInstrumenter({
    esModules: false,
    produceSourceMap: false,
    coverageVariable: COUNTERS,
    coverageGlobalScope: 'globalThis',
    coverageGlobalScopeFunc: false,
  })
  const file = await write(`${name}.cjs`, instrumenter.instrumentSync(code, name))
  return { file, dictionary: textsIn(code) }
}

/** Writes the file of the thread that fuzzes; a thread runs JavaScript only. */
export async function bundleWorker(): Promise<string> {
  return write('worker.mjs', await bundle(fileURLToPath(new URL('./worker.ts', import.meta.url)), 'esm'))
}

async function bundle(source: string, format: 'cjs' | 'esm'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    platform: 'node',
    format,
    target: 'es2022',
    packages: 'external',
    write: false,
    logLevel: 'error',
  })
  return outputFiles[0]!.text
}

async function write(name: string, code: string): Promise<string> {
  await mkdir(BUILD, { recursive: true })
  const file = join(BUILD, name)
  await writeFile(file, code)
  return file
}

function textsIn(code: string): string[] {
  const texts = new Set<string>()
  for (const [, text] of code.matchAll(/["'`]([^"'`\\\n$]{1,32})["'`]/g)) texts.add(text!)
  return [...texts]
}
