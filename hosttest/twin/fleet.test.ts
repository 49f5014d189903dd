// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { parseFlags } from '../../modules/app/flags.js'
import { fromHex } from '../../modules/codec/hex.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { VirtualClock } from '../../twin/clock.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { Fleet } from '../../twin/fleet.js'
import { opened } from '../../twin/opened.js'
import { SimulatedBroker } from '../../twin/simulated-broker.js'
import { POWER_ON } from '../../twin/virtual.js'

const KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'
const MINUTE = 60_000
const COUNT = 12
const SERIALS = Array.from({ length: COUNT }, (_, i) => String(7_000_001 + i))

/** Twins of one kind under the virtual clock, with one broker for all. */
function fleetOf(options: Readonly<Record<string, string>> = {}) {
  const clock = new VirtualClock()
  const broker = new SimulatedBroker(clock, 20)
  const devices = SERIALS.map((SERIAL) => {
    const water = options.FLOWIQ === undefined ? {} : { WATER_METERS: `0${SERIAL}:${KEY}` }
    const flags = parseFlags({ KEY, SERIAL, ...options, ...water })
    ok(flags.ok)
    return flags.value
  })
  const fleet = new Fleet({
    devices,
    clock,
    unix: POWER_ON,
    connect: broker.connect,
    broker: { host: 'broker', port: 1883 },
  })
  const envelope = new Envelope(nodeCrypto, fromHex(KEY)!)
  return { clock, broker, fleet, samples: () => opened(broker.messages, envelope, 'sample') }
}

describe('a fleet of twins', () => {
  it('has sent within 100 s, and from then on sends evenly over the minute', async () => {
    const { clock, fleet, samples } = fleetOf()
    fleet.start()
    await clock.run(100_000)
    deepEqual([fleet.on, fleet.connected], [COUNT, COUNT])
    deepEqual(new Set(samples().map(({ serial }) => serial)), new Set(SERIALS))
    const before = samples().length
    await clock.run(5 * MINUTE)
    const later = samples().slice(before)
    equal(later.length, 5 * COUNT)
    const moments = later.map(({ at }) => (at % MINUTE) / (MINUTE / COUNT)).map(Math.floor)
    ok(new Set(moments).size >= COUNT - 2, String(moments))
    await fleet.close()
  })

  it('dates each sample with the moment at which it was read', async () => {
    const { clock, fleet, samples } = fleetOf()
    fleet.start()
    await clock.run(3 * MINUTE)
    for (const { time, at } of samples()) ok(Math.abs(POWER_ON / 1000 + at / 1000 - time) <= 3, `${time} at ${at}`)
    await fleet.close()
  })

  it('is of households that differ: in what they have used, how warm their water is, and how much they use', async () => {
    const { clock, fleet, samples } = fleetOf()
    fleet.start()
    await clock.run(2 * MINUTE)
    const last = new Map(samples().map(({ serial, text }) => [serial, text]))
    for (const field of [/e1=([\d.]+)/, /t1=([\d.]+)/, /flow1=(\d+)/]) {
      const values = [...last.values()].map((text) => field.exec(text)![1])
      ok(new Set(values).size > COUNT / 2, String(values))
    }
    await fleet.close()
  })

  it('of radio meters has a meter for each device, that nobody else hears', async () => {
    const { clock, fleet, samples } = fleetOf({ FLOWIQ: '1' })
    fleet.start()
    await clock.run(20 * MINUTE)
    deepEqual(new Set(samples().map(({ serial }) => serial)), new Set(SERIALS.map((serial) => `0${serial}`)))
    const volumes = new Set(samples().map(({ text }) => /v1=([\d.]+)/.exec(text)![1]))
    ok(volumes.size >= COUNT)
    await fleet.close()
  })

  it('is switched on no further while the broker takes nobody in', async () => {
    const { clock, broker } = fleetOf()
    broker.reachable = false
    const flags = parseFlags({ KEY, SERIAL: '1' })
    ok(flags.ok)
    const devices = Array.from({ length: 60 }, (_, i) => ({ ...flags.value, serial: String(i + 1) }))
    const fleet = new Fleet({
      devices,
      clock,
      unix: POWER_ON,
      connect: broker.connect,
      broker: { host: 'broker', port: 1883 },
    })
    fleet.start()
    await clock.run(MINUTE)
    ok(fleet.on < 40, String(fleet.on))
    broker.reachable = true
    await clock.run(MINUTE)
    deepEqual([fleet.on, fleet.connected], [60, 60])
    await fleet.close()
  })
})
