import { createHash, type KeyObject } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { BOARDS } from './boards.js'
import { type BuildPlan, checkTools, planBuild, SECRETS } from './build-plan.js'
import { NegativeResult } from './errors.js'
import { manifestOf, signedFile } from './signed-file.js'

export interface ReleaseOptions {
  readonly version: string
  /** The folder that gets the files, in place of what it holds. */
  readonly out: string
  /** Signs the images; without it they stay unsigned. */
  readonly privateKey: KeyObject | undefined
  readonly env: NodeJS.ProcessEnv
}

const CHECKSUMS = 'SHA256SUMS'

/** What a build makes of a plan. */
export interface Built {
  readonly image: Uint8Array
  readonly bootLoader: Uint8Array
}

/** Build options that belong to one board, which has them in flash. */
const OF_ONE_BOARD: readonly string[] = [...SECRETS, 'SERIAL']

/** The builds of a release: an image of each board, with BLE and without. Other build options come from the environment. */
export function plansOf(env: NodeJS.ProcessEnv): readonly BuildPlan[] {
  const options = Object.fromEntries(Object.entries(env).filter(([name]) => !OF_ONE_BOARD.includes(name)))
  return Object.keys(BOARDS).flatMap((board) =>
    ['BLE=0', 'BLE=1'].map((option) => planBuild(board, [option], options, 'build')),
  )
}

/**
 * Makes the files of a release: the images, signed where there is a key, their boot loaders, the partition tables, and the
 * checksums of them all as `sha256sum --check` reads them.
 * @param build makes the image of a plan and its boot loader
 * @returns what is left out, and why. Throws what `build` throws, and `NegativeResult` where an image is another version
 */
export function makeFiles(
  { version, out, privateKey, env }: ReleaseOptions,
  build: (plan: BuildPlan) => Built,
): readonly string[] {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  const left: string[] = []
  const missing = missingTools(env)
  for (const plan of plansOf(env)) {
    copyFileSync(new URL(`../${plan.table}`, import.meta.url), join(out, basename(plan.table)))
    const name = `meterlogger-${version}-${basename(plan.output)}`
    if (missing !== undefined) {
      left.push(`${name}: ${missing}`)
      continue
    }
    const { image, bootLoader } = build(plan)
    const manifest = manifestOf(image)
    if (!manifest.ok) throw new NegativeResult(`${name}: ${manifest.error}`)
    if (manifest.value.version !== version)
      throw new NegativeResult(`${name}: expected version ${version}, got ${manifest.value.version}`)
    writeFileSync(join(out, `${name}.bin`), image)
    writeFileSync(join(out, `${name}-bootloader.bin`), bootLoader)
    if (privateKey === undefined) left.push(`${name}.signed: there is no --private-key`)
    else writeFileSync(join(out, `${name}.signed`), signedFile(image, manifest.value, privateKey))
  }
  writeFileSync(join(out, CHECKSUMS), checksums(out))
  return left
}

/** Why nothing can be built here; undefined where it can. */
function missingTools(env: NodeJS.ProcessEnv): string | undefined {
  try {
    checkTools(env)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

function checksums(folder: string): string {
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex')
  return readdirSync(folder)
    .map((name) => `${hash(name)}  ${name}\n`)
    .join('')
}
