import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

/** Why there is no mosquitto 2 here; undefined when there is. */
export function missingMosquitto(): string | undefined {
  const help = spawnSync('mosquitto', ['-h'], { encoding: 'utf8' })
  return /mosquitto version 2/.test(help.stdout ?? '') ? undefined : 'mosquitto 2 is not installed'
}

/** Debian's mosquitto with persistence, on a free port of this computer. */
export class Mosquitto {
  readonly port: number
  #folder: string
  #process: ChildProcess | undefined

  private constructor(port: number) {
    this.port = port
    this.#folder = mkdtempSync(join(tmpdir(), 'meterlogger-mosquitto-'))
    writeFileSync(
      join(this.#folder, 'conf'),
      `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location ${this.#folder}/\nuser ${userInfo().username}\n`,
    )
  }

  static async start(): Promise<Mosquitto> {
    const mosquitto = new Mosquitto(await freePort())
    await mosquitto.start()
    return mosquitto
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`
  }

  async start(): Promise<void> {
    this.#process = spawn('mosquitto', ['-c', join(this.#folder, 'conf')], { stdio: 'ignore' })
    for (let i = 0; i < 100 && !(await accepts(this.port)); i++) await new Promise((resolve) => setTimeout(resolve, 50))
  }

  /** In an orderly way: it writes what it remembers to disk. */
  async stop(): Promise<void> {
    this.#process!.kill('SIGTERM')
    await once(this.#process!, 'exit')
  }

  async remove(): Promise<void> {
    if (this.#process?.exitCode === null) await this.stop()
    rmSync(this.#folder, { recursive: true })
  }
}

/** A TCP port of this computer that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(socket.destroy() !== undefined))
    socket.on('error', () => resolve(false))
  })
}
