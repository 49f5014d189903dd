// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { Firmware } from '../../modules/app/firmware.js'
import { parseFlags } from '../../modules/app/flags.js'
import { SettingsStore } from '../../modules/storage/settings-store.js'
import { VirtualClock } from '../../twin/clock.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { SimulatedLine } from '../../twin/line.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { SimulatedOutput } from '../../twin/output.js'
import { SimulatedBroker } from '../../twin/simulated-broker.js'
import { twinSystem } from '../../twin/system.js'
import { SimulatedTime } from '../../twin/time.js'
import { SimulatedWifi } from '../../twin/wifi.js'
import { NO_UPDATES } from '../support/no-updates.js'
import { FakeNetwork } from '../support/portal.js'

/** A board for a day, with a network and a broker that work. */
async function aDay(isKeyRefused: boolean) {
  const clock = new VirtualClock()
  const flags = parseFlags({ KEY: '0'.repeat(32), SERIAL: '1234567', DEBUG_NO_METER: '1' })
  ok(flags.ok)
  const storage = new MemoryStorage()
  const { ssid, password } = SimulatedWifi
  new SettingsStore({ storage, clock }).update({ ssid, password })
  const broker = new SimulatedBroker(clock, 20)
  const wifi = new SimulatedWifi(clock)
  const network = new FakeNetwork()
  const led = new SimulatedOutput()
  const log: string[] = []
  let restarts = 0
  const firmware = new Firmware(
    {
      clock,
      storage,
      wifi,
      led,
      crypto: nodeCrypto,
      connect: broker.connect,
      hasTls: false,
      serial: new SimulatedLine(clock, () => 0.5),
      queryTime: new SimulatedTime(clock, 1_800_000_000_000).query,
      flash: undefined,
      impulses: undefined,
      ...NO_UPDATES,
      ble: undefined,
      system: twinSystem(0, () => restarts++, { keptTime: () => undefined, keepTime: () => {} }),
      portal: { listener: network, udp: undefined, port: 80, host: undefined, clients: undefined },
      ac1: new SimulatedOutput(),
      ac2: new SimulatedOutput(),
      log: (text) => log.push(text),
    },
    flags.value,
    isKeyRefused,
  )
  firmware.start()
  await clock.run(600_000)
  const before = led.changes
  await clock.run(2_000)
  const flashes = led.changes - before
  await clock.run(86_400_000)
  firmware.close()
  return { broker, wifi, log, restarts, flashes }
}

describe('a board with an example key', () => {
  it('calls no broker, shows it and says why', async () => {
    const { broker, log, restarts, flashes } = await aDay(true)
    deepEqual([broker.connections, restarts], [0, 0])
    equal(flashes, 8)
    ok(log.some((line) => line.startsWith('KEY: an example')))
  })

  it('does call it with any other', async () => {
    const { broker, flashes } = await aDay(false)
    ok(broker.messages.length > 1_000)
    equal(flashes, 0)
  })
})
