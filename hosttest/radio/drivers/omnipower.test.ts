import { deepEqual } from 'node:assert/strict'
import { decoded, fieldsOfRecords } from '../golden.js'

describe('omnipower', () => {
  it('names its fields', () => {
    deepEqual(
      fieldsOfRecords('2d2c785634123002', '0404 01000000', '04843c 02000000', '042b 03000000', '04ab3c 04000000'),
      {
        total_energy_consumption_kwh: '0.01',
        total_energy_production_kwh: '0.02',
        current_power_consumption_kw: '0.003',
        current_power_production_kw: '0.004',
      },
    )
  })

  // wmbusmeters/wmbusmeters, drivers/src/omnipower.xmq and simulations/simulation_c1.txt.
  for (const [frame, telegram] of [
    ['full', '2D442D2C7856341230028D20E4E2C81C20 878C78 04041A030000 04843C00000000 042B03000000 04AB3C00000000'],
    ['compact', '27442D2C7856341230028D20E900C91C20 11BA79138CCCFB 1A030000 00000000 03000000 00000000'],
  ] as const)
    it(`reads a ${frame} telegram`, () => {
      deepEqual(decoded(telegram), {
        result: 'ok',
        driver: 'omnipower',
        fields: {
          total_energy_consumption_kwh: '7.94',
          total_energy_production_kwh: '0.00',
          current_power_consumption_kw: '0.003',
          current_power_production_kw: '0.000',
        },
        sample: { effect1: '0.003 kW', e1: '7.94 kWh' },
        info: 'key=right&',
      })
    })
})
