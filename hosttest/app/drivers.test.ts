import { deepEqual, equal, ok } from 'node:assert/strict'
import { DRIVERS } from '../../modules/app/drivers.js'
import { parseFlags, SWITCHES } from '../../modules/app/flags.js'
import { networkName } from '../../modules/app/identity.js'

const KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'

/** Everything within a value that XS would copy to memory, as it could still change. */
function unfrozen(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  return [
    ...(Object.isFrozen(value) ? [] : [path]),
    ...Object.entries(value).flatMap(([name, inner]) => unfrozen(inner, `${path}.${name}`)),
  ]
}

describe('the meter drivers', () => {
  it('cannot be changed, so that the device keeps them in flash', () => {
    deepEqual(unfrozen(DRIVERS, 'DRIVERS'), [])
    deepEqual(unfrozen(SWITCHES, 'SWITCHES'), [])
  })

  it('have names and build options of their own', () => {
    for (const key of ['name', 'option'] as const)
      deepEqual(new Set(DRIVERS.map((driver) => driver[key])).size, DRIVERS.length)
  })

  it('are chosen by their option alone', () => {
    for (const driver of DRIVERS) {
      const flags = parseFlags({ KEY, ...(driver.option === undefined ? {} : { [driver.option]: '1' }) })
      ok(flags.ok && flags.value.driver === driver && flags.value.model === driver.model)
    }
  })

  it('name the set-up network as the original does', () => {
    for (const [options, name] of [
      [{}, 'KAM_0000042'],
      [{ FLOW_METER: '1' }, 'KAM_0000042'],
      [{ EN61107: '1' }, 'KAM_0000042'],
      [{ IMPULSE: '1' }, 'EL_42'],
      [{ IMPULSE: '1', FLOW_METER: '1' }, 'WATER_42'],
      [{ IMPULSE_DEV_BOARD: '1', FLOW_METER: '1' }, 'WATER_42'],
    ] as const) {
      const flags = parseFlags({ KEY, ...options })
      equal(flags.ok && networkName(flags.value, '42'), name)
    }
  })

  it('name only options that there are', () => {
    for (const { over, keepsModelOf, implies } of DRIVERS) {
      for (const option of [...over, ...implies.map((implied) => implied.option)]) ok(SWITCHES.includes(option), option)
      for (const option of keepsModelOf) ok(over.includes(option), option)
    }
  })
})
