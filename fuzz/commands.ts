import { deepEqual, equal, ok } from 'node:assert/strict'
import { Turns } from '../hosttest/support/clock.js'
import { hosted } from '../hosttest/support/hosted.js'
import { fromHex } from '../modules/codec/hex.js'
import { byteLength, encodeUtf8 } from '../modules/codec/utf8.js'
import { commandsOf } from '../modules/control/commands/table.js'
import { Cron } from '../modules/control/cron/cron.js'
import { type CommandHost, CommandReceiver } from '../modules/control/receiver.js'
import { Valve } from '../modules/control/valve/valve.js'
import { commandTopic } from '../modules/delivery/topics.js'
import { Envelope } from '../modules/mqttcrypto/envelope.js'
import { ReplayGuard } from '../modules/mqttcrypto/replay-guard.js'
import type { Settings } from '../modules/storage/settings.js'
import { SettingsStore } from '../modules/storage/settings-store.js'
import { candidatesOf } from '../modules/uplink/credentials.js'
import { nodeCrypto } from '../twin/crypto.js'
import { MemoryStorage } from '../twin/memory-storage.js'
import { twoTexts } from './support/text.js'

const IV = new Uint8Array(16)
const NOW = 1_800_000_000
const NOBODY = { status: '', update() {}, credentialsChanged() {}, scan() {}, rssi: () => 0, disconnectCount: 0 }
const CLOCK = { now: () => 0, set: () => undefined, clear() {} }
const NUMBERS = ['1234567', '12345678']
const COMMANDS = commandsOf({ hasValve: true, counts: false, cron: true, stackTrace: true, ble: true })

const envelope = new Envelope(nodeCrypto, fromHex('ef500c9268cf749016d26d6cbfaaf7bf')!)

/**
 * The first line of the input is a command, or a whole topic where it begins with `/`. The rest holds payloads, with an
 * STX between two. A packet that is not sealed does nothing. A sealed one is done once and leaves settings that are in
 * bounds and that a restart finds again.
 */
export default function commands(bytes: Uint8Array): void {
  const [line, rest] = twoTexts(bytes)
  const device = new TestDevice()
  const topic = line.startsWith('/') ? line : commandTopic('1234567', NOW, line)
  device.receive(topic, encodeUtf8(rest))
  equal(device.published.length, 0)
  equal(device.storage.writes('settings'), 0)

  for (const payload of rest.split('\x02').slice(0, 20)) {
    const message = envelope.seal(topic, payload, IV)
    device.receive(topic, message)
    const { length } = device.published
    device.receive(topic, message)
    equal(device.published.length, length, 'done twice')
  }
  device.check()
}

class TestDevice {
  readonly published: string[] = []
  readonly storage = new MemoryStorage()
  #clock = new Turns()
  #receiver: CommandReceiver
  #settings = new SettingsStore({ storage: this.storage, clock: CLOCK })

  constructor() {
    const settings = this.#settings
    const actuator = { set() {}, off() {}, test() {} }
    const valve = hosted(Valve, {
      settings,
      actuator: actuator as never,
      flow: false,
      autoClose: true,
      onAutoClose() {},
      onLimitMoved() {},
      onNoTotal() {},
    })
    valve.onReading({ serial: '1', quantities: { e1: { value: '56.726', unit: 'MWh' } } }, 0)
    const cron = hosted(Cron, {
      clock: CLOCK,
      settings,
      wallClock: { exact: () => NOW },
      commands: [],
      runJob() {},
      act() {},
    })
    const system = { freeHeap: () => 0, supplyVoltage: () => 3299, chipId: 1, flashId: 1, flashSize: 1, resetReason: 0 }
    const device = {
      serial: '1234567',
      numbers: () => NUMBERS,
      version: 'x',
      system,
      settings,
      valve,
      cron,
      station: NOBODY,
      accessPoint: NOBODY,
      uptime: () => 1,
      networkQuality: () => '',
      publish: (name: string, text: string) => this.published.push(name + text),
      reconnect() {},
      radioHeadersChanged() {},
      save() {},
      restart() {},
    } as unknown as CommandHost
    this.#receiver = new CommandReceiver(
      {
        clock: this.#clock,
        envelope,
        guard: new ReplayGuard(this.storage, { clock: this.#clock }),
        commands: COMMANDS,
        wallClock: { now: () => NOW },
        log() {},
      },
      device,
    )
  }

  receive(topic: string, message: Uint8Array): void {
    this.#receiver.onMessage(topic, message)
    this.#clock.settle()
  }

  check(): void {
    this.#settings.flush()
    const { values } = this.#settings
    const { values: stored } = new SettingsStore({ storage: this.storage, clock: CLOCK })
    deepEqual(stored, values)
    checkBounds(values)
    checkBounds(stored)
  }
}

function checkBounds(values: Readonly<Settings>): void {
  for (const name of ['ssid', 'previousSsid', 'fallbackSsid'] as const) ok(byteLength(values[name]) <= 32, name)
  for (const name of ['password', 'previousPassword', 'fallbackPassword', 'apPassword'] as const)
    ok(byteLength(values[name]) <= 64, name)
  ok(Number.isSafeInteger(values.limit) && values.limit >= 0, `limit ${values.limit}`)
  ok(values.cron.length <= 16)
  ok(candidatesOf(values).every(({ ssid }) => ssid !== ''))
}
