import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const ROOT = join(FOLDER, '../..')
const VECTORS = join(ROOT, '../shared/vectors')
const EMULATOR = 'qemu-i386'

/** The engine as it can be built and run on this computer. */
export interface Engine {
  /** 32 as on the ESP32, where slots and chunks have its sizes. */
  readonly bits: 32 | 64
  /** What starts a program of the engine, before the program itself. */
  readonly starter: readonly string[]
}

let here: Engine | string | undefined

/** The engine of this computer: for 32 bits where it runs such programs by itself; or why there is none. */
export function engineHere(): Engine | string {
  here ??= lookHere()
  return here
}

function lookHere(): Engine | string {
  if (spawnSync('make', ['--version']).status !== 0) return 'make is not installed'
  if (runs32Bits() === true) return { bits: 32, starter: [] }
  return compiled('-m64', () => true) ? { bits: 64, starter: [] } : 'a C compiler (gcc) is not installed'
}

/** The engine whose figures are the ESP32's, if need be in an emulator, which is 15 times slower; or why there is none. */
export function engine32(): Engine | string {
  if (spawnSync('make', ['--version']).status !== 0) return 'make is not installed'
  const runs = runs32Bits()
  if (runs === undefined) return 'a C compiler for 32 bits (gcc-multilib) is not installed'
  if (runs) return { bits: 32, starter: [] }
  if (spawnSync(EMULATOR, ['-version']).status === 0) return { bits: 32, starter: [EMULATOR] }
  return 'this computer runs no programs for 32 bits, and qemu-user is not installed'
}

/** Whether this computer runs programs for 32 bits; undefined where none can be compiled. */
function runs32Bits(): boolean | undefined {
  return compiled('-m32', (program) => spawnSync(program).status === 0)
}

/** What `says` says of a program that was compiled; undefined where it does not compile. */
function compiled(bits: '-m32' | '-m64', says: (program: string) => boolean): boolean | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-cc-'))
  try {
    const program = join(folder, 'a')
    const input = '#include <stdio.h>\nint main(void){return 0;}'
    return spawnSync('gcc', [bits, '-xc', '-', '-o', program], { input }).status === 0 ? says(program) : undefined
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Builds the engine where that was not done yet, from the sources in a package of npm; who comes meanwhile waits. */
export function buildMachine({ bits }: Engine): void {
  const folder = folderOf(bits)
  mkdirSync(folder, { recursive: true })
  const make = ['make', '-j2', '-s', '-C', join(FOLDER, 'host'), `BITS=${bits}`]
  execFileSync(process.execPath, [join(FOLDER, 'fetch.js')], { stdio: ['ignore', 'ignore', 'inherit'] })
  execFileSync('flock', [folder, ...make], { stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Starts a program that `buildMachine` has built, and waits for its end. */
export function start({ bits, starter }: Engine, program: 'xshost' | 'xsboard', args: readonly string[]) {
  const [command, ...rest] = [...starter, join(folderOf(bits), program), ...args]
  return spawnSync(command!, rest, { encoding: 'utf8', maxBuffer: 1 << 27 })
}

function folderOf(bits: number): string {
  return join(ROOT, `build/xs${bits}`)
}

/** Bundles a module for the engine: ES2022, one script, what is Node's replaced. */
export async function bundle(contents: string, from = FOLDER, plugins: readonly Plugin[] = []): Promise<string> {
  const result = await build({
    stdin: { contents, resolveDir: from, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    platform: 'neutral',
    minifyWhitespace: true,
    alias: { 'node:assert/strict': join(FOLDER, 'shim/assert.ts'), 'node:crypto': join(FOLDER, 'shim/crypto.ts') },
    plugins: [inlineVectors, ...plugins],
  })
  return result.outputFiles[0]!.text
}

/** Runs a script; its standard output. Throws with what the engine said when it does not end well. */
export function run(engine: Engine, script: string, ...options: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-xs-'))
  try {
    const file = join(folder, 'script.js')
    writeFileSync(file, script)
    const done = start(engine, 'xshost', [...options, file])
    if (done.status !== 0) throw new Error(`XS ended with ${done.status}: ${done.stderr}${done.stdout.slice(-2000)}`)
    return done.stdout
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The engine has no files: the vectors go into the bundle. */
const inlineVectors: Plugin = {
  name: 'vectors',
  setup({ onLoad }) {
    onLoad({ filter: /hosttest\/support\/vectors\.ts$/ }, () => {
      const files = existsSync(VECTORS) ? readdirSync(VECTORS).filter((name) => name.endsWith('.json')) : []
      const entries = files.map((name) => `${JSON.stringify(name.slice(0, -5))}:${readFileSync(join(VECTORS, name))}`)
      return { contents: `const all={${entries.join(',')}};export const vectors=(name)=>all[name]`, loader: 'js' }
    })
  },
}
