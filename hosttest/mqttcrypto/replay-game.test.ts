// node only

import { equal, ok } from 'node:assert/strict'
import { valve as valveCommands } from '../../modules/control/commands/valve.js'
import { type CommandHost, CommandReceiver } from '../../modules/control/receiver.js'
import { Valve } from '../../modules/control/valve/valve.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { ReplayGuard } from '../../modules/mqttcrypto/replay-guard.js'
import type { Clock } from '../../modules/ports/clock.js'
import type { CryptoPort } from '../../modules/ports/crypto.js'
import { SettingsStore } from '../../modules/storage/settings-store.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { seededRandom } from '../../twin/random.js'
import { hosted } from '../support/hosted.js'
import { parts } from '../support/parts.js'

/*
 * The attacker has the clock, the broker, the network, the plug and every packet that the operator has sealed, but not the
 * key. One game is ten moves; a move is the operator's or the attacker's. Cryptography is taken for granted here: packets
 * are told apart by what stands in their first bytes.
 */
const GAMES = 1_000_000
const PARTS = 40
const MOVES = 10
const SERIAL = '0000001'
const START = 1_800_000_000
const DAY = 86_400

const trusting = { sha256: () => new Uint8Array(32) } as unknown as CryptoPort

interface Packet {
  readonly number: number
  readonly time: number
  readonly name: string
  readonly text: string
  readonly topic: string
  /** How often it has changed the valve or the limit. */
  acted: number
  /** Whether the device has done it, changed something or not, and no power cut has made it forget that. */
  isDone: boolean
}

/** What a command that changed nothing was is stored so often; a power cut makes the device forget what came since. */
const KEPT_EVERY = 60

class Game {
  readonly storage = new MemoryStorage()
  readonly packets: Packet[] = []
  /** The right time, which the operator has, and what the device takes for it. */
  time = START
  deviceTime: number | undefined = START
  level = 0
  total = 0
  newestActed = 0
  /** The newest of those that changed nothing and are stored. */
  newestKept = 0
  /** Those that changed nothing and wait for their minute, which ends then. */
  #waiting: Packet[] = []
  #minuteEnds = 0
  #ran = false
  #steps: (() => void)[] = []
  #timers: { readonly at: number; readonly callback: () => void }[] = []
  #receiver!: CommandReceiver
  #settings!: SettingsStore
  #guard!: ReplayGuard
  #valve!: Valve

  constructor() {
    this.powerOn()
  }

  powerOn(): void {
    this.#steps = []
    this.#timers = []
    for (const packet of this.#waiting) if (packet.acted === 0) packet.isDone = false
    this.#waiting = []
    this.#minuteEnds = 0
    const clock: Clock = {
      now: () => (this.time - START) * 1000,
      set: (callback, ms) => {
        if (ms === 0) this.#steps.push(callback)
        else this.#timers.push({ at: this.time + ms / 1000, callback })
        return callback
      },
      clear: (timer) => {
        this.#timers = this.#timers.filter(({ callback }) => callback !== timer)
      },
    }
    this.#guard = new ReplayGuard(this.storage, { clock })
    this.#settings = new SettingsStore({ storage: this.storage, clock, beforeWrite: () => this.#guard.flush() })
    const actuator = { set: (open: boolean) => (this.level = open ? 1 : 0), off: () => {}, test: () => {} }
    this.#valve = hosted(Valve, {
      settings: this.#settings,
      actuator: actuator as never,
      flow: false,
      autoClose: true,
      onAutoClose: () => {},
      onLimitMoved: () => {},
      onNoTotal: () => {},
    })
    this.read()
    const envelope = new Envelope(trusting, new Uint8Array(16))
    envelope.refusal = () => undefined
    envelope.decrypt = (message) => ({
      ok: true,
      value: this.packets[new DataView(message.buffer).getUint32(0)]!.text,
    })
    this.#receiver = new CommandReceiver(
      {
        clock,
        envelope,
        guard: this.#guard,
        commands: this.#commands,
        wallClock: { now: () => this.deviceTime },
        log: () => {},
      },
      { serial: SERIAL, numbers: () => [SERIAL], valve: this.#valve, publish: () => {} } as unknown as CommandHost,
    )
  }

  restart(): void {
    this.#receiver.close()
    this.#settings.close()
    this.#guard.close()
    this.#keepWaiting()
    this.powerOn()
  }

  /** Time passes, and what is due in it happens. */
  wait(seconds: number): void {
    const end = this.time + seconds
    for (;;) {
      const next = Math.min(...this.#timers.map(({ at }) => at))
      if (next > end) break
      this.time = Math.max(this.time, next)
      const due = this.#timers.filter(({ at }) => at <= this.time)
      this.#timers = this.#timers.filter(({ at }) => at > this.time)
      for (const { callback } of due) callback()
    }
    this.time = end
    if (this.#waiting.length === 0 || end < this.#minuteEnds) return
    this.#keepWaiting()
    this.#minuteEnds += KEPT_EVERY
  }

  /** The operator's commands, which tell that they are done. */
  get #commands(): typeof valveCommands {
    return Object.fromEntries(
      Object.entries(valveCommands).map(([name, command]) => [
        name,
        {
          ...command,
          run: (...values: Parameters<typeof command.run>) => {
            this.#ran = command.effect === 'moves'
            command.run(...values)
          },
        },
      ]),
    )
  }

  #keepWaiting(): void {
    for (const { time } of this.#waiting) this.newestKept = Math.max(this.newestKept, time)
    this.#waiting = []
  }

  read(): void {
    this.#valve.onReading(
      { serial: '1', quantities: { e1: { value: String(this.total), unit: 'kWh' } } },
      this.time * 1000,
    )
  }

  seal(name: string, text: string): Packet {
    const number = this.packets.length
    const { time } = this
    const packet = { number, time, name, text, topic: `/config/v2/${SERIAL}/${time}/${name}`, acted: 0, isDone: false }
    this.packets.push(packet)
    return packet
  }

  /** Delivers a packet; what it changes must be allowed. */
  deliver(packet: Packet): void {
    const before = this.#state()
    const message = new Uint8Array(64)
    new DataView(message.buffer).setUint32(0, packet.number)
    this.#ran = false
    this.#receiver.onMessage(packet.topic, message)
    while (this.#steps.length > 0) this.#steps.shift()!()
    if (!this.#ran) return
    ok(!packet.isDone, `${packet.name} of ${packet.time} was done twice`)
    packet.isDone = true
    if (this.#state() !== before) this.#onActed(packet)
    else this.#onNothingChanged(packet)
  }

  #onNothingChanged(packet: Packet): void {
    this.#waiting.push(packet)
    if (this.time < this.#minuteEnds) return
    this.#minuteEnds = this.time + KEPT_EVERY
    this.#keepWaiting()
  }

  #state(): string {
    const { valveOpen, limit } = this.#settings.values
    return `${this.level} ${valveOpen} ${limit}`
  }

  #onActed(packet: Packet): void {
    packet.acted++
    equal(packet.acted, 1, `${packet.name} of ${packet.time} acted twice`)
    ok(packet.time >= this.newestActed, `${packet.name} of ${packet.time} acted after one of ${this.newestActed}`)
    ok(packet.time >= this.newestKept, `${packet.name} of ${packet.time} acted after one of ${this.newestKept}`)
    for (const { time } of this.#waiting)
      ok(packet.time >= time, `${packet.name} of ${packet.time} acted after one of ${time}, which changed nothing`)
    this.newestActed = packet.time
    // A change is stored with all that came before it.
    this.#keepWaiting()
  }
}

const COMMANDS: readonly (readonly [string, string])[] = [
  ['open', '1'],
  ['close', '1'],
  ['open_until', '60'],
  ['open_until', '200'],
  ['open_until_delta', '10'],
  ['status', '1'],
]

for (const { part, name } of parts(PARTS)) {
  it(`${GAMES / PARTS} games of ${MOVES} moves with an attacker who has all but the key, ${name}: no valve moves twice or out of order`, () => {
    const random = seededRandom(part + 1)
    const below = (count: number) => Math.floor(random() * count)
    let acted = 0
    for (let i = 0; i < GAMES / PARTS; i++) {
      const game = new Game()
      for (let move = 0; move < MOVES; move++) {
        const { packets } = game
        switch (below(10)) {
          case 0:
          case 1: {
            // The operator commands, and the broker passes it on.
            const packet = game.seal(...COMMANDS[below(COMMANDS.length)]!)
            game.deliver(packet)
            break
          }
          case 2:
            // The operator commands, and the broker keeps it for later.
            game.seal(...COMMANDS[below(COMMANDS.length)]!)
            break
          case 3:
          case 4:
            if (packets.length > 0) game.deliver(packets[below(packets.length)]!)
            break
          case 5:
            // All that there is, several times in any order.
            for (let n = 0; n < 2 * packets.length; n++) game.deliver(packets[below(packets.length)]!)
            break
          case 6:
            game.deviceTime =
              packets.length > 0 && below(2) === 0
                ? packets[below(packets.length)]!.time + below(3600) - 1800
                : [undefined, 0, START - 10 * DAY, START + 4000 * DAY, game.time][below(5)]
            break
          case 7:
            game.wait([1, 30, 90, 2000, DAY][below(5)]!)
            if (below(2) === 0) game.deviceTime = game.time
            break
          case 8:
            game.total += below(50)
            game.read()
            break
          case 9:
            if (below(2) === 0) game.restart()
            else game.powerOn()
        }
      }
      acted += game.packets.filter((packet) => packet.acted > 0).length
    }
    ok(acted > GAMES / PARTS / 2, `only ${acted} commands acted`)
  })
}
