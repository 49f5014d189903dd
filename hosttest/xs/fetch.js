import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Brings the sources of the XS engine to `build/xsnap`, from npm's cache or its registry. They are in a package that compiles itself
 * where it is installed, brings 100 others and wants certain versions of Node; none of these is needed.
 */
const NAME = '@agoric/xsnap@0.15.0'
const INTEGRITY = 'sha512-ZBm4DZxbtfacxMHVVdJjZi0Y8zOxN77vpu1WwI5RWfPkaRh0aHkz/dVdTGKXalDNzWfz183lljKxlxl3/h0n+A=='

const BUILD = fileURLToPath(new URL('../../build', import.meta.url))
const HOME = join(BUILD, 'xsnap')

if (!existsSync(HOME)) {
  mkdirSync(BUILD, { recursive: true })
  const draft = mkdtempSync(join(BUILD, 'xsnap-'))
  try {
    run('npm', 'pack', NAME, '--pack-destination', draft, '--prefer-offline', '--silent')
    const file = join(draft, 'agoric-xsnap-0.15.0.tgz')
    const found = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`
    if (found !== INTEGRITY) throw new Error(`${NAME}: expected ${INTEGRITY}, got ${found}`)
    run('tar', '-xzf', file, '-C', draft)
    renameSync(join(draft, 'package'), HOME)
  } catch (error) {
    // Another process may have been faster.
    if (!existsSync(HOME)) throw error
  } finally {
    rmSync(draft, { recursive: true })
  }
}

function run(command, ...args) {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8', shell: process.platform === 'win32' })
  if (status !== 0) throw new Error(`${command} ${args[0]}: ${error?.message ?? stderr}`)
}
