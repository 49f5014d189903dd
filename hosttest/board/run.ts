import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'esbuild'
import { bundle, type Engine, engineHere, start } from '../xs/machine.js'
import { type ImageOptions, imageOf } from './image.js'
import { readBuild } from './manifest.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const FOLDER = join(ROOT, 'hosttest/board')

export interface BoardRun extends ImageOptions {
  readonly manifest?: string
  /** Source of the world's script; its imports are relative to `hosttest/board`. */
  readonly world: string
  /** More for the host program, `-b BYTES`. */
  readonly options?: readonly string[]
  /** `engine32` where bytes are compared; by itself the one of this computer. */
  readonly engine?: Engine
}

/** What a run printed: the world's lines, and what the firmware traced. */
export interface BoardOutput {
  readonly lines: readonly string[]
  readonly trace: string
}

/** Runs the image of a manifest in a world, on XS. Throws with what was traced when the world fails. */
export async function runBoard({
  manifest = 'manifest.json',
  world,
  options = [],
  engine = engineHere() as Engine,
  ...image
}: BoardRun): Promise<BoardOutput> {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-board-'))
  try {
    const files = [join(folder, 'image'), join(folder, 'world.js')] as const
    writeFileSync(files[0], imageOf(manifest, image))
    const { config, defines, creation, partitions } = readBuild(manifest)
    const build = {
      config: { ...config, ...image.flags },
      queueLength: number(defines, 'task', 'queueLength') ?? SDK_QUEUE,
      partitions: readFileSync(partitions, 'utf8'),
    }
    const script = await bundle(world, FOLDER, [boardForTwin])
    writeFileSync(files[1], `globalThis.build=${JSON.stringify(build)};${script}`)
    const stack = ['-s', String(number(creation, 'stack') ?? SDK_STACK)]
    const done = start(engine, 'xsboard', [...stack, ...options, ...files])
    if (done.status !== 0)
      throw new Error(
        `the board rig ended with ${done.status ?? done.signal}: ${done.stdout.slice(-2000)}${done.stderr.slice(-6000)}`,
      )
    return { lines: done.stdout.split('\n').slice(0, -1), trace: done.stderr }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What a suite imports for the twin, and what it gets in its place on a board, relative to the root. */
const FOR_A_BOARD: Readonly<Record<string, string>> = {
  'twin/virtual.ts': './hosttest/board/world/test-twin.ts',
  'hosttest/support/host-texts.ts': './hosttest/board/world/host-texts.ts',
}

/** Gives a board to suites that are written for the virtual twin. */
const boardForTwin: Plugin = {
  name: 'board',
  setup({ onLoad }) {
    for (const [file, inPlace] of Object.entries(FOR_A_BOARD))
      onLoad({ filter: new RegExp(`/${file}$`) }, () => ({
        contents: `export * from '${inPlace}'`,
        resolveDir: ROOT,
        loader: 'ts',
      }))
  },
}

/* MOD/xs/platforms/esp/xsHost.c:1116, MOD/tools/mcconfig.js (filterCreation) */
const SDK_QUEUE = 10
const SDK_STACK = 384

function number(from: Record<string, unknown>, ...path: readonly string[]): number | undefined {
  let value: unknown = from
  for (const name of path) value = (value as Record<string, unknown> | undefined)?.[name]
  return typeof value === 'number' ? value : undefined
}
