import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parsePartitions } from '../image/partitions.js'
import { type BuildPlan, PRIVATE_MANIFEST } from './build-plan.js'
import { NegativeResult } from './errors.js'

/** Calls mcconfig. Throws `NegativeResult` when it fails. */
export function runBuild({ args, output, manifest, image }: BuildPlan): void {
  mkdirSync(output, { recursive: true })
  // Folder and file may be there from an earlier version, which left them open to everybody.
  chmodSync(output, 0o700)
  writeFileSync(join(output, PRIVATE_MANIFEST), JSON.stringify(manifest))
  rmSync(image, { force: true })
  const { status, error } = spawnSync('mcconfig', args, { stdio: 'inherit' })
  if (status !== 0) throw new NegativeResult(`mcconfig: ${error?.message ?? `ended with ${status}`}`)
}

/**
 * Checks that a build has made an image that its slot holds. mcconfig ends with 0 also where ESP-IDF has failed.
 * @returns how large it is, for people. Throws `NegativeResult`
 */
export function checkImageSize({ image, table }: Pick<BuildPlan, 'image' | 'table'>): string {
  const size = statSync(image, { throwIfNoEntry: false })?.size
  if (size === undefined) throw new NegativeResult(`${image}: was not built; ESP-IDF has said why`)
  const room = slotSize(readFileSync(fileURLToPath(new URL(`../${table}`, import.meta.url)), 'utf8'))
  if (size > room)
    throw new NegativeResult(
      `${image}: ${size} bytes are ${size - room} more than a slot of ${table} holds (${room}); leave out what the board does not need, such as BLE or DEBUG`,
    )
  return `${image}: ${size} of the ${room} bytes of a slot, ${room - size} are left`
}

/** Bytes of the smallest slot for an image in a partition table. */
export function slotSize(table: string): number {
  return Math.min(...parsePartitions(table).flatMap(({ type, size }) => (type === 'app' ? [size] : [])))
}
