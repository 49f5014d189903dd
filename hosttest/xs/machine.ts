import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))
const ROOT = join(FOLDER, '../..')
const BUILD = join(ROOT, 'build/xs32')
const HOST = join(BUILD, 'xshost')
const VECTORS = join(ROOT, '../shared/vectors')

/** Why XS for 32 bits cannot be built here; undefined when it can. */
export function missingCompiler(): string | undefined {
  const probe = spawnSync('gcc', ['-m32', '-xc', '-', '-o', '/dev/null'], {
    input: '#include <stdio.h>\nint main(void){return 0;}',
  })
  if (probe.status !== 0) return 'a C compiler for 32 bits (gcc-multilib) is not installed'
  return spawnSync('make', ['--version']).status === 0 ? undefined : 'make is not installed'
}

/** Builds the engine where that was not done yet, from the sources in a package of npm; who comes meanwhile waits. */
export function buildMachine(): void {
  mkdirSync(BUILD, { recursive: true })
  const make = ['make', '-j2', '-s', '-C', join(FOLDER, 'host')]
  execFileSync(process.execPath, [join(FOLDER, 'fetch.js')], { stdio: ['ignore', 'ignore', 'inherit'] })
  execFileSync('flock', [BUILD, ...make], { stdio: ['ignore', 'ignore', 'inherit'] })
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
export function run(script: string, ...options: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-xs-'))
  try {
    const file = join(folder, 'script.js')
    writeFileSync(file, script)
    const done = spawnSync(HOST, [...options, file], { encoding: 'utf8', maxBuffer: 1 << 26 })
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
