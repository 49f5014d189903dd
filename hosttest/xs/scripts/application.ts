import { Application } from '../../../modules/app/application.js'
import { parseFlags } from '../../../modules/app/flags.js'
import { Envelope } from '../../../modules/mqttcrypto/envelope.js'
import { SettingsStore } from '../../../modules/settings/store.js'
import { VirtualClock } from '../../../twin/clock.js'
import { SimulatedImpulses } from '../../../twin/impulses.js'
import { SimulatedLine } from '../../../twin/line.js'
import { MemoryStorage } from '../../../twin/memory-storage.js'
import { SimulatedMultical } from '../../../twin/multical.js'
import { SimulatedOutput } from '../../../twin/output.js'
import { SimulatedBroker } from '../../../twin/simulated-broker.js'
import { twinSystem } from '../../../twin/system.js'
import { SimulatedTime } from '../../../twin/time.js'
import { SimulatedWifi } from '../../../twin/wifi.js'
import { measure } from './figures.js'
import { nativeCrypto } from './native-crypto.js'

const UNIX = 1_800_000_000

// Garbage is collected all the time, so that a peak is what is needed and not what lay about.
const clock = new VirtualClock(async () => {
  for (let i = 0; i < 30; i++) {
    await undefined
    if (i % 3 === 0) collect()
  }
})
const broker = new SimulatedBroker(clock, 20)
const line = new SimulatedLine(clock, () => 0)
new SimulatedMultical(line, clock, 6892850)
const storage = new MemoryStorage()
new SettingsStore({ storage, clock }).update({
  ssid: SimulatedWifi.ssid,
  password: SimulatedWifi.password,
  mqttHost: 'broker',
})
const ports = {
  clock,
  storage,
  serial: line,
  crypto: nativeCrypto,
  connect: broker.connect,
  wifi: new SimulatedWifi(clock),
  queryTime: new SimulatedTime(clock, UNIX * 1000).query,
  system: twinSystem(0, () => {}),
  ac1: new SimulatedOutput(),
  ac2: new SimulatedOutput(),
  led: new SimulatedOutput(),
  impulses: new SimulatedImpulses(),
  ble: undefined,
  flash: undefined,
  portal: undefined,
  log: () => {},
}
const flags = parseFlags({ KEY: 'ef500c9268cf749016d26d6cbfaaf7bf', SERIAL: '6892850' })
if (!flags.ok) throw new Error(flags.error)
const { value } = flags

async function run(): Promise<void> {
  await measure('loaded', () => {})
  const application = new Application(ports, value)
  await measure('from power-on to the first minute', async () => {
    application.start()
    await clock.run(50_000)
  })
  broker.messages.length = 0
  await measure('idle', () => clock.run(5_000))
  await measure('sampling', () => clock.run(60_000))
  if (broker.messages.length === 0) throw new Error('no sample')
  broker.messages.length = 0
  const topic = `/config/v2/6892850/${UNIX + Math.floor(clock.now() / 1000)}/open_until`
  const message = new Envelope(nativeCrypto, value.key).seal(topic, '60000')
  await measure('a command, from packet to reply', async () => {
    broker.publish(topic, message)
    await clock.run(200)
  })
  if (broker.messages.length < 2) throw new Error('no reply')
  broker.messages.length = 0
  broker.reachable = false
  broker.cut()
  await measure('an hour without broker', () => clock.run(3_600_000))
}

void run()
