import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { generate, type Packet, parser } from 'mqtt-packet'
import { sealed } from '../hosttest/support/day.js'
import { portOf } from '../twin/bind.js'
import { printTable } from './table.js'

/**
 * `tsx bench/bridge.ts [SAMPLES] [DATABASE]`: how many samples a second a bridge takes from a broker into a database, how much
 * memory it has then, and how long a sample takes from the broker until it is acknowledged, which is after its row is there. The
 * broker is this program, so that nothing but the bridge is measured; it has as many under way as docs/bridge.md says. Without a
 * database it is the embedded one, in a folder of its own. Look at `uptime` before: other work on the computer counts.
 */
const [samples = '100000', database] = process.argv.slice(2)
const KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'
const DEVICES = 500
const WINDOW = 1000
/** Samples that are sealed at a time. */
const AHEAD = 10_000
/** How many samples are measured one by one, and ms between two. */
const SINGLE = 500
const PAUSE = 5

const total = Number(samples)
const minutes = Math.ceil((total + SINGLE) / DEVICES)
const plan = { devices: DEVICES, minutes, start: Math.floor(Date.now() / 1000) - 60 * minutes - 3600 }
const latencies: number[] = []
const rows: string[][] = []

/** A broker that has one session, the bridge's, and takes whatever else is published. */
class Source {
  #socket: Socket | undefined
  #next = 0
  #limit = 0
  #made: ReturnType<typeof sealed> = []
  #first = 0
  #open = new Map<number, number>()
  #onDone: () => void = () => {}
  readonly server = createServer((socket) => this.#serve(socket))

  /** Sends so many more, at most so many at a time. Resolves when all are acknowledged. */
  send(count: number): Promise<void> {
    this.#limit += count
    return new Promise((resolve) => {
      this.#onDone = resolve
      this.#fill()
    })
  }

  #serve(socket: Socket): void {
    const packets = parser()
    packets.on('packet', (packet) => this.#onPacket(socket, packet))
    socket.on('data', (data) => {
      socket.cork()
      packets.parse(data)
      this.#fill()
      socket.uncork()
    })
    socket.on('error', () => {})
  }

  #onPacket(socket: Socket, packet: Packet): void {
    const messageId = packet.messageId!
    const answer = (answered: Packet): void => {
      socket.write(generate(answered))
    }
    switch (packet.cmd) {
      case 'connect':
        if (packet.clientId === 'meterlogger-bridge') this.#socket = socket
        return answer({ cmd: 'connack', returnCode: 0, sessionPresent: false })
      case 'subscribe':
        return answer({ cmd: 'suback', messageId, granted: packet.subscriptions.map(({ qos }) => qos) })
      case 'unsubscribe':
        return answer({ cmd: 'unsuback', messageId, granted: [] })
      case 'publish':
        return packet.qos === 1 ? answer({ cmd: 'puback', messageId }) : undefined
      case 'pingreq':
        return answer({ cmd: 'pingresp' })
      case 'pubrec':
        latencies.push(performance.now() - this.#open.get(messageId)!)
        return answer({ cmd: 'pubrel', messageId })
      case 'pubcomp':
        this.#open.delete(messageId)
        if (this.#open.size === 0 && this.#next === this.#limit) this.#onDone()
    }
  }

  #fill(): void {
    while (this.#socket !== undefined && this.#open.size < WINDOW && this.#next < this.#limit) {
      if (this.#next >= this.#first + this.#made.length) {
        this.#first = this.#next
        this.#made = sealed(plan, KEY, this.#first, this.#first + AHEAD)
      }
      const messageId = (this.#next % 60_000) + 1
      const { topic, payload } = this.#made[this.#next++ - this.#first]!
      this.#open.set(messageId, performance.now())
      this.#socket.write(generate({ cmd: 'publish', topic, payload, qos: 2, retain: false, dup: false, messageId }))
    }
  }
}

function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

function memory(pid: number): string {
  return `${Math.round(Number(/VmRSS:\s+([0-9]+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) / 1024)} MB`
}

async function bridgeOf(port: number, url: string): Promise<ChildProcess> {
  const args = ['tools/meterlogger.js', 'bridge', '--broker', `mqtt://127.0.0.1:${port}`, '--key', KEY]
  const bridge = spawn(process.execPath, [...args, '--database', url, '--prometheus', '0'], {
    stdio: ['ignore', 'inherit', 'pipe'],
  })
  const lines = createInterface({ input: bridge.stderr! })
  await new Promise<void>((resolve) =>
    lines.on('line', (line) => (line.startsWith('metrics ') ? resolve() : undefined)),
  )
  return bridge
}

function percentile(share: number): string {
  return `${latencies.sort((a, b) => a - b)[Math.floor((latencies.length - 1) * share)]!.toFixed(1)} ms`
}

const folder = mkdtempSync(join(tmpdir(), 'meterlogger-bench-'))
const source = new Source()
await new Promise<void>((resolve) => source.server.listen(0, '127.0.0.1', resolve))
const bridge = await bridgeOf(portOf(source.server), database ?? `file:${folder}`)
const pid = bridge.pid!
try {
  for (let part = 1; part <= 10; part++) {
    const [began, cpu] = [performance.now(), processorSeconds(pid)]
    const count = Math.floor((total * part) / 10) - Math.floor((total * (part - 1)) / 10)
    latencies.length = 0
    await source.send(count)
    const seconds = (performance.now() - began) / 1000
    rows.push([
      String(Math.floor((total * part) / 10)),
      (count / seconds).toFixed(0),
      (count / (processorSeconds(pid) - cpu)).toFixed(0),
      memory(pid),
      loadavg()[0]!.toFixed(1),
    ])
  }
  latencies.length = 0
  for (let i = 0; i < SINGLE; i++) {
    await source.send(1)
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
} finally {
  bridge.kill('SIGTERM')
  source.server.close()
}
printTable(
  `A bridge that takes samples of ${DEVICES} devices (${cpus()[0]?.model})`,
  ['samples', 'a second', 'a processor second', 'memory', 'load'],
  rows,
)
console.log(`one by one, until it is acknowledged: median ${percentile(0.5)}, 99 % ${percentile(0.99)}`)
rmSync(folder, { recursive: true })
process.exit(0)
