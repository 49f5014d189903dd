import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { END_WITH_INPUT } from './children.js'
import { Lines } from './lines.js'

/** Debian's folder of its versions. */
const DEBIAN = '/usr/lib/postgresql'

const USER = 'postgres'

function programs(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined
  const versions = readdirSync(DEBIAN).sort((one, other) => Number(other) - Number(one))
  return versions.map((version) => join(DEBIAN, version, 'bin')).find((bin) => existsSync(join(bin, 'postgres')))
}

/** Says why this computer has no PostgreSQL; undefined when it has. */
export function missingPostgres(): string | undefined {
  return programs() === undefined ? 'postgresql is not installed' : undefined
}

/** A cluster of its own, on a Unix socket. It ends with this process, however that ends. */
export class Postgres {
  #folder = mkdtempSync(join(tmpdir(), 'meterlogger-postgres-'))
  #process: ChildProcess | undefined
  #databases = 0

  static async start(): Promise<Postgres> {
    const postgres = new Postgres()
    const { uid, gid } = owner()
    if (uid !== undefined) chownSync(postgres.#folder, uid, gid!)
    const made = spawnSync(
      join(programs()!, 'initdb'),
      ['-D', postgres.#data, '-U', USER, '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'],
      { uid, gid, encoding: 'utf8', cwd: postgres.#folder },
    )
    if (made.status !== 0) throw new Error(made.stderr)
    await postgres.start()
    return postgres
  }

  async start(): Promise<void> {
    const server = join(programs()!, 'postgres')
    const settings = [
      `unix_socket_directories=${this.#folder}`,
      'listen_addresses=',
      'fsync=off',
      'timezone=Asia/Kolkata',
    ]
    const args = ['-D', this.#data, ...settings.flatMap((setting) => ['-c', setting])]
    this.#process = spawn('/bin/sh', ['-c', END_WITH_INPUT, 'sh', server, ...args], {
      detached: true,
      cwd: this.#folder,
      ...owner(),
    })
    await new Lines(this.#process.stderr!).find(/ready to accept connections/)
  }

  /** Ends it at once: clients lose their connections, and the next start recovers as after a power cut. */
  async kill(): Promise<void> {
    const child = this.#process!
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    process.kill(Number(readFileSync(join(this.#data, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGQUIT')
    await exited
  }

  /** The URL of a new, empty database. */
  async database(): Promise<string> {
    const name = `test${this.#databases++}`
    const client = new pg.Client({ connectionString: this.#url('postgres') })
    await client.connect()
    await client.query(`CREATE DATABASE ${name}`)
    await client.end()
    return this.#url(name)
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  get #data(): string {
    return join(this.#folder, 'data')
  }

  #url(database: string): string {
    return `postgres://${USER}@/${database}?host=${encodeURIComponent(this.#folder)}`
  }
}

/** PostgreSQL does not run as root. */
function owner(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const [uid, gid] = ['-u', '-g'].map((option) => Number(spawnSync('id', [option, USER], { encoding: 'utf8' }).stdout))
  return { uid: uid!, gid: gid! }
}
