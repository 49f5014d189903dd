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

export const CHECKSUMS = 'SHA256SUMS'

/**
 * Makes the files of a release: the image of each board with BLE and without, signed where there is a key, the partition
 * table, and the checksums of them all, as `sha256sum --check` reads them.
 * @param build makes the image of a plan
 * @returns what is left out, and why. Throws what `build` throws, and `NegativeResult` where an image is another version
 */
export function makeFiles({ version, out, privateKey, env }: ReleaseOptions, build: (plan: BuildPlan) => void): string[] {
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  copyFileSync(new URL('../manifests/partitions.csv', import.meta.url), join(out, 'partitions.csv'))
  const left: string[] = []
  const missing = missingTools(env)
  const options = Object.fromEntries(Object.entries(env).filter(([name]) => !SECRETS.includes(name)))
  for (const board of Object.keys(BOARDS))
    for (const BLE of ['0', '1']) {
      const plan = planBuild(board, [`BLE=${BLE}`], options, 'build')
      const name = `meterlogger-${version}-${basename(plan.output)}`
      if (missing !== undefined) {
        left.push(`${name}.bin: ${missing}`)
        continue
      }
      build(plan)
      const image = readFileSync(plan.image)
      const manifest = manifestOf(image)
      if (!manifest.ok) throw new NegativeResult(`${plan.image}: ${manifest.error}`)
      if (manifest.value.version !== version)
        throw new NegativeResult(`${plan.image}: expected version ${version}, got ${manifest.value.version}`)
      writeFileSync(join(out, `${name}.bin`), image)
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
  return readdirSync(folder)
    .sort()
    .map((name) => `${createHash('sha256').update(readFileSync(join(folder, name))).digest('hex')}  ${name}\n`)
    .join('')
}
