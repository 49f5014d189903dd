import { MAXIMUM, MINIMUM } from '../../wmbus/record-cursor.js'
import { field, radioDriver } from '../driver.js'
import { ERROR_FLAGS } from '../kamstrup-info.js'

const STATUS = ['DROP', 'SURGE', 'HIGH', 'LOW', 'TRANSIENT', 'COMM_ERROR']

/** Kamstrup's pressure sensor. Names of fields and status bits are those of wmbusmeters. */
export const kampress = radioDriver({
  name: 'kampress',
  meters: ['KAM 01 18'],
  types: [0x18],
  headers: ['22691269026905ff0905ff0a02fd17'],
  fields: [
    field('pressure_bar', 'pressure'),
    field('max_pressure_bar', 'pressure', { function: MAXIMUM }),
    field('min_pressure_bar', 'pressure', { function: MINIMUM }),
    field('status', ERROR_FLAGS, { state: { flags: STATUS, none: 'OK' } }),
  ],
  // A sample has no name for a pressure.
  sample: [],
  info: [['status', 'status']],
})
