import { field, radioDriver } from '../driver.js'

/** VIFE: the register that counts backward. */
const BACKWARD = 0x3c

/** Kamstrup OMNIPOWER, an electricity meter. Names of fields are those of wmbusmeters. */
export const omnipower = radioDriver({
  name: 'omnipower',
  meters: ['KAM 30 02'],
  types: [0x02],
  headers: [
    '040404843c042b04ab3c',
    // Carlo Gavazzi EM24 with Kamstrup's radio module
    '040504fb827504853c04fb82f53c01fd17',
  ],
  fields: [
    field('total_energy_consumption_kwh', 'energy'),
    field('total_energy_production_kwh', 'energy', { modifier: BACKWARD }),
    field('current_power_consumption_kw', 'power'),
    field('current_power_production_kw', 'power', { modifier: BACKWARD }),
  ],
  // A sample has no names for what is fed into the grid.
  sample: [
    { quantity: 'effect1', field: 'current_power_consumption_kw' },
    { quantity: 'e1', field: 'total_energy_consumption_kwh' },
  ],
  info: [],
  // 1 MW
  total: { field: 'total_energy_consumption_kwh', unit: 'Wh', mostPerMinute: 16_667 },
})
