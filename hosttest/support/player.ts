import { createConnection, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { generate, type Packet, parser } from 'mqtt-packet'
import { type SealedSample, sealed } from './day.js'

/**
 * `tsx player.ts PORT KEY DEVICES MINUTES START`: publishes sealed samples, made beforehand, with QoS 2 as devices do, to a
 * broker on this computer as fast as it takes them, over restarts of it. A number on standard
 * input is how many have reached their end: it stays so far ahead of that, because no broker queues a day.
 */
const [port, key, devices, minutes, start] = process.argv.slice(2) as [string, string, ...string[]]
const plan = { devices: Number(devices), minutes: Number(minutes), start: Number(start) }
const total = plan.devices * plan.minutes

/** mosquitto 2.0.11 loses what one client has under way beyond 20. */
const WINDOW = 10
const CONNECTIONS = 20
/** So many are made at a time: all of a day. */
const AHEAD = 1_000_000
/** So many wait in the broker at most. */
const MOST_WAITING = 20_000

let next = 0
let allowed = MOST_WAITING
let first = 0
let made: readonly SealedSample[] = []
const seal = () => {
  first = next
  made = sealed(plan, key, first, Math.min(first + AHEAD, total))
}
seal()

/** A device's connection: what the broker has not confirmed goes out again after a lost connection. */
class Connection {
  #id: string
  #socket: Socket | undefined
  /** By message id; undefined once the broker has the message and only its release is open. */
  #open = new Map<number, SealedSample | undefined>()
  #last = 0
  #onIdle: () => void

  constructor(id: string, onIdle: () => void) {
    this.#id = id
    this.#onIdle = onIdle
    this.#connect()
  }

  #connect(): void {
    const packets = parser()
    const socket = createConnection({ host: '127.0.0.1', port: Number(port) })
    this.#socket = undefined
    socket.on('connect', () =>
      socket.write(
        generate({
          cmd: 'connect',
          protocolId: 'MQTT',
          protocolVersion: 4,
          clientId: this.#id,
          clean: false,
          keepalive: 0,
        }),
      ),
    )
    packets.on('packet', (packet) => this.#onPacket(socket, packet))
    socket.on('data', (data) => {
      socket.cork()
      packets.parse(data)
      socket.uncork()
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#socket = undefined
      setTimeout(() => this.#connect(), 100)
    })
  }

  #onPacket(socket: Socket, packet: Packet): void {
    const id = packet.messageId ?? 0
    if (packet.cmd === 'connack') {
      this.#socket = socket
      for (const [messageId, sample] of this.#open)
        if (sample === undefined) socket.write(generate({ cmd: 'pubrel', messageId }))
        else this.#publish(messageId, sample, packet.sessionPresent)
    } else if (packet.cmd === 'pubrec') {
      if (this.#open.has(id)) this.#open.set(id, undefined)
      socket.write(generate({ cmd: 'pubrel', messageId: id }))
    } else if (packet.cmd === 'pubcomp') this.#open.delete(id)
    this.fill()
  }

  fill(): void {
    while (this.#socket !== undefined && this.#open.size < WINDOW && next < Math.min(total, allowed)) {
      if (next >= first + made.length) seal()
      const sample = made[next++ - first]!
      this.#last = (this.#last % 60_000) + 1
      this.#open.set(this.#last, sample)
      this.#publish(this.#last, sample, false)
    }
    if (this.#open.size === 0 && next >= total) this.#onIdle()
  }

  #publish(messageId: number, { topic, payload }: SealedSample, dup: boolean): void {
    this.#socket!.write(generate({ cmd: 'publish', topic, payload, qos: 2, retain: false, dup, messageId }))
  }
}

const idle = new Set<number>()
const connections = Array.from(
  { length: CONNECTIONS },
  (_, i) =>
    new Connection(`player-${i}`, () => {
      idle.add(i)
      if (idle.size === CONNECTIONS) process.exit(0)
    }),
)
createInterface(process.stdin).on('line', (line) => {
  allowed = Number(line) + MOST_WAITING
  for (const connection of connections) connection.fill()
})
