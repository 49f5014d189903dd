import { type ChildProcessWithoutNullStreams, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Made } from './certificates.js'
import type { Children } from './children.js'
import { Lines } from './lines.js'

/** Debian installs it in a folder that only root has in PATH. */
const DEBIAN = '/usr/sbin/mosquitto'
const PROGRAM = existsSync(DEBIAN) ? DEBIAN : 'mosquitto'

/**
 * Below the ports that a system assigns by itself, so that nobody takes it while the broker is stopped. Each process of the tests
 * has some of its own: another one that looks for a free port would take it too.
 */
const FIRST_PORT = 20_000
const PORTS = 10_000
const OWN = 16

/** Says why this computer has no mosquitto 2; undefined when it has. */
export function missingMosquitto(): string | undefined {
  const help = spawnSync(PROGRAM, ['-h'], { encoding: 'utf8' })
  return /mosquitto version 2/.test(help.stdout ?? '') ? undefined : 'mosquitto 2 is not installed'
}

export interface MosquittoTls {
  /** Its certificate, and those that it sends after it. */
  readonly chain: readonly Made[]
  /** Such as `tlsv1.3`; all that it knows without this. */
  readonly version?: string
}

/** Everybody may do everything, and what waits is kept. */
export const OPEN: readonly string[] = ['allow_anonymous true', 'persistence true']

/** Debian's mosquitto with persistence, on a free port of this computer. */
export class Mosquitto {
  #children: Children
  #tls: MosquittoTls | undefined
  #settings: readonly string[]
  #folder = mkdtempSync(join(tmpdir(), 'meterlogger-mosquitto-'))
  #port = FIRST_PORT + ((process.pid * OWN) % PORTS)
  #process: ChildProcessWithoutNullStreams | undefined

  private constructor(children: Children, tls: MosquittoTls | undefined, settings: readonly string[]) {
    this.#children = children
    this.#tls = tls
    this.#settings = settings
  }

  /** @param settings lines of its configuration */
  static async start(children: Children, tls?: MosquittoTls, settings = OPEN): Promise<Mosquitto> {
    const mosquitto = new Mosquitto(children, tls, settings)
    for (let i = 0; !(await mosquitto.#tryStart()); i++) {
      if (i === PORTS) throw new Error('no free port for mosquitto')
      mosquitto.#port++
    }
    return mosquitto
  }

  get url(): string {
    return `${this.#tls === undefined ? 'mqtt' : 'mqtts'}://127.0.0.1:${this.port}`
  }

  get port(): number {
    return this.#port
  }

  /** Starts the broker again after `stop`. */
  async start(): Promise<void> {
    if (!(await this.#tryStart())) throw new Error(`mosquitto: port ${this.#port} was taken`)
  }

  /** Stops the broker in order: it writes its state to disk. */
  async stop(): Promise<void> {
    const exited = once(this.#process!, 'exit')
    this.#process!.stdin.end()
    await exited
  }

  /** Removes the broker's files. The broker itself dies with everything that the test has started. */
  remove(): void {
    rmSync(this.#folder, { recursive: true })
  }

  async #tryStart(): Promise<boolean> {
    const configuration = join(this.#folder, 'conf')
    writeFileSync(
      configuration,
      `listener ${this.#port} 127.0.0.1\npersistence_location ${this.#folder}/\nuser ${userInfo().username}\nlog_dest stderr\n${this.#settings.map((line) => `${line}\n`).join('')}${this.#tlsLines()}`,
    )
    this.#process = this.#children.program(PROGRAM, '-c', configuration)
    const log = new Lines(this.#process.stderr)
    await log.find(/ running$|Address already in use/)
    return !log.all.some((line) => line.includes('Address already in use'))
  }

  #tlsLines(): string {
    if (this.#tls === undefined) return ''
    const { chain, version } = this.#tls
    const [certificates, key] = ['chain.pem', 'key.pem'].map((name) => join(this.#folder, name))
    writeFileSync(certificates!, chain.map(({ pem }) => pem).join(''))
    writeFileSync(key!, chain[0]!.keyPem)
    return `certfile ${certificates}\nkeyfile ${key}\n${version === undefined ? '' : `tls_version ${version}\n`}`
  }
}
