// node only
import { deepEqual, equal } from 'node:assert/strict'
import { totalOf } from '../../modules/control/valve/amount.js'
import type { Quantity, QuantityName, Reading } from '../../modules/meters/meter.js'
import { sampleText } from '../../modules/meters/sample-text.js'
import { inServerUnits } from '../../modules/meters/server-units.js'
import { testTwin } from '../../twin/virtual.js'

/** What a meter may say, and what the sample says of it. */
const GOLDEN: readonly (readonly [name: QuantityName, meter: string, sample: string])[] = [
  ['e1', '56726999 Wh', '56726.999 kWh'],
  ['e1', '7 Wh', '0.007 kWh'],
  ['e1', '0.5 Wh', '0.0005 kWh'],
  ['e1', '0 Wh', '0.000 kWh'],
  ['e1', '56726 kWh', '56726 kWh'],
  ['e1', '56.726 MWh', '56.726 MWh'],
  ['e1', '216.34 Gj', '216.34 Gj'],
  ['e1', '0216.34 GJ', '0216.34 GJ'],
  ['e1', '1.00 Gcal', '1163.00 kWh'],
  ['e1', '48.776 Gcal', '56726.488 kWh'],
  ['e1', '0.001 Gcal', '1.163 kWh'],
  ['e1', '0.000 Gcal', '0.000 kWh'],
  ['e1', '4294967295 Gcal', '4995046964085 kWh'],
  ['e1', '4294967295000000000 Gcal', '4995046964085000000000 kWh'],
  ['e1', '-1.5 Gcal', '-1744.5 kWh'],
  ['effect1', '1234 W', '1.234 kW'],
  ['effect1', '1.5 kW', '1.5 kW'],
  ['effect1', '0.123 MW', '123 kW'],
  ['effect1', '1.2345 MW', '1234.5 kW'],
  ['effect1', '12 MW', '12000 kW'],
  ['effect1', '-0.5 MW', '-500 kW'],
  ['flow1', '1.234 m3/h', '1234 l/h'],
  ['flow1', '0.0125 m3/h', '12.5 l/h'],
  ['flow1', '0 m3/h', '0 l/h'],
  ['flow1', '79 l/h', '79 l/h'],
  ['v1', '1321270 l', '1321.270 m3'],
  ['v1', '17 l', '0.017 m3'],
  ['v1', '0.5 l', '0.0005 m3'],
  ['v1', '90071992547409931 l', '90071992547409.931 m3'],
  ['v1', '1321.27 m3', '1321.27 m3'],
  ['v1', '12 ton', '12 ton'],
  ['e1', '56.726 unknown', '56.726 unknown'],
  ['t1', '65.25 C', '65.25 C'],
]

function quantity(text: string): Quantity {
  const [value, unit] = text.split(' ') as [string, string]
  return { value, unit }
}

describe('a reading in units that the server knows', () => {
  for (const [name, meter, sample] of GOLDEN)
    it(`has ${meter} as ${sample}`, () => {
      const reading: Reading = { serial: '1', quantities: { [name]: quantity(meter) } }
      equal(sampleText(inServerUnits(reading), 1, [name]), `heap=1&${name}=${sample}&`)
    })

  it('keeps everything else, and changes nothing of the reading that came', () => {
    const reading: Reading = {
      serial: '7',
      quantities: { t1: quantity('1.50 C'), e1: quantity('1 Gcal'), v1: quantity('2 m3') },
    }
    deepEqual(inServerUnits(reading), {
      serial: '7',
      quantities: { t1: quantity('1.50 C'), e1: quantity('1163 kWh'), v1: quantity('2 m3') },
    })
    deepEqual(reading.quantities.e1, quantity('1 Gcal'))
  })

  it('keeps the digits of what no limit can count, and the limit says so', () => {
    for (const value of ['4294967295000000000', '-1.5', '-0.0']) {
      const reading = inServerUnits({ serial: '1', quantities: { e1: { value, unit: 'MWh' } } })
      equal(sampleText(reading, 1, ['e1']), `heap=1&e1=${value} MWh&`)
      deepEqual(totalOf(reading, false), { ok: false, error: `e1: ${value} MWh cannot be counted` })
    }
  })

  it('tells the limit the total that the server reads', () => {
    for (const [name, meter] of GOLDEN) {
      if (name !== 'e1' && name !== 'v1') continue
      const reading = inServerUnits({ serial: '1', quantities: { [name]: quantity(meter) } })
      const total = totalOf(reading, name === 'v1')
      if (!total.ok) continue
      const { value, unit } = reading.quantities[name]!
      const times = { kWh: 1, MWh: 1000, Gj: 277.78, GJ: 277.78, m3: 1000 }[unit]!
      const server = Number(value) * times
      equal(Math.abs(total.value - server) < 1 + server / 100_000, true, `${meter}: ${total.value}, ${server}`)
    }
  })
})

describe('a meter in Gcal, MW, m3/h and litres', () => {
  it('has sample, payment and limit speak of the same', async () => {
    const { clock, twin, online, ask, messages } = testTwin()
    const units = twin.multical!.units
    units.set(60, 12)
    units.set(68, 39)
    units.set(74, 42)
    units.set(80, 23)
    await online()
    const text = messages('sample').at(-1)!.text
    const number = (key: string, unit: string) => Number(new RegExp(`&${key}=([0-9.]+) ${unit}&`).exec(text)?.[1])
    const kWh = number('e1', 'kWh')
    equal(Math.round(kWh / 1.163), 56726)
    equal(number('v1', 'm3') > 1, true)
    equal(number('flow1', 'l/h') >= 0, true)
    equal(number('effect1', 'kW') >= 0, true)
    deepEqual(await ask('open_until', String(Math.ceil(kWh) + 5)), [`open_until ${Math.ceil(kWh) + 5}`, 'status open'])
    equal(twin.ac1.level, 1)
    await clock.run(180 * 60_000)
    equal(twin.ac1.level, 0)
  })
})
