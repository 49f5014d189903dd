// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DRIVERS, driverOf, KNOWN_HEADERS } from '../../modules/radio/detect.js'
import { radioDriver } from '../../modules/radio/driver.js'
import { kamwater } from '../../modules/radio/drivers/kamwater.js'
import { Telegram } from '../../modules/wmbus/telegram.js'
import { frame } from '../wmbus/frames.js'

function path(name: string): string {
  return fileURLToPath(new URL(`../../${name}`, import.meta.url))
}

function driverName(address: string): string | undefined {
  return driverOf(new Telegram('ok', frame(address, '78')))?.name
}

/** A model as a frame's address has it: manufacturer, low byte first, number, version and type. */
function addressOf(model: number): string {
  const digits = model.toString(16).padStart(8, '0')
  return `${digits.slice(2, 4)}${digits.slice(0, 2)}78563412${digits.slice(4)}`
}

describe('the drivers of radio meters', () => {
  it('are chosen by manufacturer, version and type', () => {
    for (const { name, models } of DRIVERS)
      for (const model of models) equal(driverName(addressOf(model)), name, model.toString(16))
  })

  it('name models in three letters and two bytes', () => {
    const { models } = radioDriver({ ...kamwater, headers: [], meters: ['KAM 1F 16', 'KAW 3A 0b'] })
    deepEqual(models, [0x2c2d1f16, 0x2c373a0b])
  })

  it('are chosen by the type alone for a model that none of them names', () => {
    for (const type of ['06', '07', '15', '16']) equal(driverName(`2d2c7856341200${type}`), 'kamwater', type)
    for (const type of ['04', '0a', '0b', '0c', '0d']) equal(driverName(`2d2c7856341200${type}`), 'kamheat', type)
    equal(driverName('2d2c785634120002'), 'omnipower')
    equal(driverName('2d2c785634120018'), 'kampress')
    equal(driverName('ad4c785634123316'), 'kamwater', 'another manufacturer')
    for (const type of ['00', '03', '05', '08', '14', '17', 'ff']) equal(driverName(`2d2c7856341200${type}`), undefined)
    equal(driverOf(new Telegram('length-mismatch', new Uint8Array(9))), undefined)
  })

  it('do not claim the same meter, nor the same type', () => {
    for (const claims of [DRIVERS.flatMap(({ models }) => models), DRIVERS.flatMap(({ types }) => types ?? [])])
      deepEqual(claims.length, new Set<unknown>(claims).size)
  })

  it('are all the files of their folder, each under its own name', () => {
    const files = readdirSync(path('modules/radio/drivers')).map((file) => file.replace('.ts', ''))
    deepEqual(DRIVERS.map(({ name }) => name).sort(), files.sort())
  })

  it('name only fields that they have', () => {
    for (const { fields, sample, info, total } of DRIVERS) {
      const names = fields.map(({ name }) => name)
      for (const name of [
        ...sample.flatMap(({ field, minus }) => (minus === undefined ? [field] : [field, minus])),
        ...info.map(([, field]) => field),
        ...(total === undefined ? [] : [total.field]),
      ])
        ok(names.includes(name), name)
    }
  })

  it('cannot be changed, so that XS keeps them in flash', () => {
    const check = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return
      ok(Object.isFrozen(value))
      for (const part of Object.values(value)) check(part)
    }
    check(DRIVERS)
    check(KNOWN_HEADERS)
  })
})

describe('the headers in the documentation', () => {
  it('are those that are built in, with their signatures and where they are from', () => {
    const text = readFileSync(path('docs/radio-meters.md'), 'utf8')
    const rows = [...text.matchAll(/^\| `([0-9A-F]{4})` \| `([0-9A-F ]+)` \| [^|]+ \| [^|]+ \|$/gm)]
    const told = rows.map(([, signature, header]) => `${signature} ${header!.replaceAll(' ', '')}`)
    const known = KNOWN_HEADERS.map(
      ({ signature, hex }) => `${signature.toString(16).padStart(4, '0').toUpperCase()} ${hex.toUpperCase()}`,
    )
    deepEqual(told.sort(), known.sort())
    equal(new Set(KNOWN_HEADERS.map(({ signature }) => signature)).size, known.length)
  })
})
