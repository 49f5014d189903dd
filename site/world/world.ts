import { type Flags, parseFlags } from '../../modules/app/flags.js'
import { toHex } from '../../modules/codec/hex.js'
import { commandTopic, parseMessageTopic } from '../../modules/delivery/topics.js'
import { checkedCommand } from '../../tools/commands.js'
import { VirtualClock } from '../../twin/clock.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { CutFlash } from '../../twin/cut-flash.js'
import { type End, FAULTS, type PoweredWorld } from '../../twin/faults.js'
import { SimulatedFlash } from '../../twin/flash.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { optionsOf, twinMeter } from '../../twin/meters.js'
import { seededRandom } from '../../twin/random.js'
import { SimulatedBroker } from '../../twin/simulated-broker.js'
import { SimulatedHttp } from '../../twin/simulated-http.js'
import { Twin } from '../../twin/twin.js'
import type { WaterDisplay } from '../../twin/water-use.js'
import { FAULT_WORDS, type FaultName } from './fault-words.js'
import { CLIENTS, HOST, PhoneNetwork } from './phone-network.js'
import type { Item, WorldState } from './protocol.js'
import type { Scenario } from './scenario.js'
import { watchedWire } from './wire.js'

/** ms between device and broker, there and back. */
const ROUND_TRIP = 20
/** As large as the journal's partition. */
const SECTORS = 192
const SERIAL = '6892850'
/** The next write comes within so many bytes, as a rule. */
const NEXT_WRITES = 400

export interface WorldOptions {
  readonly scenario: Scenario
  /** Master key, 16 bytes. */
  readonly key: Uint8Array
  /** Unix milliseconds when the device is plugged in. */
  readonly unix: number
  onItem(item: Item): void
}

/** A device with the firmware on it, under a clock of its own, and everything around it that the page shows. */
export class World implements PoweredWorld {
  readonly clock = new VirtualClock()
  readonly random: () => number
  readonly broker: SimulatedBroker
  readonly twin: Twin
  readonly phone = new PhoneNetwork()
  #options: WorldOptions
  #flash: SimulatedFlash
  #ends = new Map<FaultName, End>()
  #isPlugged = true
  #isOn = true
  #hasPhone = false
  #isConnected = false
  #passed = 0
  #cutLength = 0
  /** The return of power. */
  #power: unknown
  #water: WaterDisplay | undefined
  #stopMeter: (() => void) | undefined

  constructor(options: WorldOptions) {
    this.#options = options
    const { scenario, unix, onItem } = options
    const { clock, phone } = this
    this.random = seededRandom(scenario.seed ^ 0x50a4)
    const noise = seededRandom(scenario.seed)
    this.broker = new SimulatedBroker(clock, ROUND_TRIP)
    this.#flash = new SimulatedFlash({ sectors: SECTORS, random: seededRandom(scenario.seed ^ 0xf1a5) })
    const flash = new CutFlash(this.#flash)
    flash.onCut = () => this.cutPower(this.#cutLength)
    const flags = flagsOf(options)
    this.twin = new Twin({
      flags,
      clock,
      unix,
      storage: new MemoryStorage(),
      flash,
      crypto: { ...nodeCrypto, random: (length) => Uint8Array.from({ length }, () => noise() * 256) },
      connect: watchedWire(
        this.broker.connect,
        (way, name, detail) => onItem({ is: 'packet', at: clock.now(), way, name, detail }),
        (isThere) => {
          this.#isConnected = isThere
        },
      ),
      connectTcp: new SimulatedHttp(clock).connect,
      broker: { host: 'broker', port: 1883 },
      fresh: scenario.fresh,
      seed: scenario.seed,
      strangers: 3,
      portal: { listener: phone, port: 80, udp: undefined, host: HOST, clients: CLIENTS },
      onSent: (id, { frame, full, display, at }) => {
        this.#water = display
        onItem({ is: 'telegram', at, id, frame, isFull: full })
      },
      log: (text) => onItem({ is: 'log', at: clock.now(), text }),
    })
    const { line, impulses } = this.twin
    this.twin.start()
    this.#stopMeter = twinMeter(flags.driver.name).start?.({ line, impulses, clock, serial: Number(flags.serial) })
    for (const name of scenario.faults) this.setFault(name, true)
  }

  /** Whether a phone is in the device's own network. */
  get hasPhone(): boolean {
    return this.#hasPhone
  }

  close(): void {
    for (const end of this.#ends.values()) end()
    this.#stopMeter?.()
    this.twin.close()
  }

  /** Lets so many ms pass, or less when `until` becomes true. */
  async run(ms: number, until?: () => boolean): Promise<void> {
    await this.clock.run(ms, until)
    this.#collect()
  }

  /** Sends a command as the server does. The name and the parameter are taken as they are. */
  send(name: string, payload = '1'): void {
    const { twin, clock, broker } = this
    const topic = commandTopic(twin.serial, Math.floor((this.#options.unix + clock.now()) / 1000), name)
    const sealed = twin.envelope.seal(topic, payload)
    const time = Number(topic.split('/')[4])
    const item = { topic, payload: sealed, kind: name, serial: twin.serial, time, text: payload }
    this.#options.onItem({ is: 'message', at: clock.now(), way: 'down', ...item })
    broker.publish(topic, sealed)
  }

  /** Sends what somebody has typed, `open_until 60000`. @returns what is wrong with it; empty where it is on its way */
  command(line: string): string {
    const [name = '', ...words] = line.trim().split(' ')
    const checked = checkedCommand(name, words.length === 0 ? undefined : words.join(' '))
    if ('problem' in checked) return checked.problem
    this.send(name, checked.payload)
    return ''
  }

  setFault(name: FaultName, isOn: boolean): void {
    this.#ends.get(name)?.()
    this.#ends.delete(name)
    const { part, begin } = FAULTS[name]
    if (!isOn || (part === 'ble' && this.twin.concentrator === undefined)) return
    const { length } = FAULT_WORDS[name]
    const end = begin(this, Math.min(length ?? Number.POSITIVE_INFINITY, 10_000))
    this.#ends.set(name, end)
    // Only the fault that began now: somebody may have ended it and begun another one.
    if (length !== undefined) this.clock.set(() => this.#ends.get(name) === end && this.setFault(name, false), length)
  }

  /** Pulls the plug, or puts it in again. */
  setPlug(isIn: boolean): void {
    if (isIn === this.#isPlugged) return
    this.#isPlugged = isIn
    this.clock.clear(this.#power)
    if (!isIn) return this.#powerOff(Number.POSITIVE_INFINITY)
    this.#powerOn()
    this.twin.powerCut(0)
  }

  setPhone(joins: boolean): void {
    this.#hasPhone = joins && this.twin.wifi.accessPoint !== undefined
    if (!this.#hasPhone) this.phone.leave()
  }

  cutPower(ms: number): void {
    if (!this.#isOn) return
    this.#power = this.clock.set(() => this.#powerOn(), ms)
    this.#powerOff(ms)
  }

  cutPowerInWrite(ms: number): void {
    if (!this.#isOn) return
    this.#cutLength = ms
    this.#flash.cutAt = this.#flash.steps + Math.floor(this.random() * NEXT_WRITES)
  }

  state(pace: number | undefined, toPass: number): WorldState {
    const { twin, clock, broker } = this
    const { wifi, led, ac1, ac2 } = twin
    const joined = wifi.uplink()
    const has = (level: 0 | 1 | undefined) => this.#isOn && level === 1
    if (this.#hasPhone && wifi.accessPoint === undefined) this.setPhone(false)
    return {
      now: clock.now(),
      began: this.#options.unix,
      pace,
      toPass,
      isPlugged: this.#isPlugged,
      isOn: this.#isOn,
      light: has(led.level),
      blinks: led.changes,
      ac1: has(ac1.level),
      ac2: has(ac2.level),
      serial: twin.serial,
      networks: wifi.networks.map(({ ssid, rssi, inRange, uplink }) => ({
        ssid,
        rssi,
        isInRange: inRange,
        isJoined: joined !== undefined && uplink === joined,
      })),
      accessPoint: this.#isOn ? wifi.accessPoint?.ssid : undefined,
      phoneJoined: this.#hasPhone,
      isConnected: this.#isConnected,
      packets: broker.packets,
      connections: broker.connections,
      passed: this.#passed,
      heat: twin.heatMeter?.display,
      water: this.#water,
      impulses: twinMeter(this.#options.scenario.meter).start === undefined ? undefined : twin.impulses.count,
      concentrator: twin.concentrator?.connected,
      faults: [...this.#ends.keys()],
    }
  }

  /** What the broker has passed on, opened, and nothing that it keeps for longer. */
  #collect(): void {
    const { messages, wills, subscribes } = this.broker
    for (const { topic, payload, at } of messages) {
      const opened = this.twin.envelope.open(topic, payload, Number.POSITIVE_INFINITY)
      const text = opened.ok ? opened.value : undefined
      this.#options.onItem({ is: 'message', at, way: 'up', topic, payload, ...parseMessageTopic(topic), text })
    }
    this.#passed += messages.length
    messages.length = 0
    wills.length = 0
    subscribes.length = 0
  }

  #powerOff(ms: number): void {
    this.#isOn = false
    this.#isConnected = false
    this.#hasPhone = false
    this.phone.powerOff()
    this.#options.onItem({ is: 'log', at: this.clock.now(), text: 'power: gone' })
    this.twin.wifi.stopAccessPoint()
    this.twin.powerCut(ms)
  }

  #powerOn(): void {
    this.#isOn = true
    this.#flash.powerOn()
    this.#options.onItem({ is: 'log', at: this.clock.now(), text: 'power: back' })
  }
}

function flagsOf({ scenario, key }: WorldOptions): Flags {
  const options: Record<string, string> = { KEY: toHex(key), ...optionsOf(scenario.meter) }
  // A water meter has its own number.
  if (scenario.meter !== 'flowiq') options.SERIAL = SERIAL
  const flags = parseFlags(options)
  if (!flags.ok) throw new Error(flags.error)
  return flags.value
}
