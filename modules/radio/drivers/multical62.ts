import { field, radioDriver } from '../driver.js'
import { ERROR_FLAGS, KAMSTRUP_INFO } from '../kamstrup-info.js'

/** The highest temperature that the meter can say, 180.00 C: it has no sensor. */
const NO_SENSOR = 18_000

/** Kamstrup MULTICAL 62, a water meter. */
export const multical62 = radioDriver({
  name: 'multical62',
  meters: ['KAM 33 16'],
  headers: ['041402fd17043b0259'],
  fields: [
    field('total_m3', 'volume'),
    field('flow_m3h', 'flow'),
    field('flow_temperature_c', 'flow-temperature', { none: NO_SENSOR }),
    field('status', ERROR_FLAGS, { state: KAMSTRUP_INFO }),
  ],
  sample: [
    { quantity: 't1', field: 'flow_temperature_c' },
    { quantity: 'flow1', field: 'flow_m3h' },
    { quantity: 'v1', field: 'total_m3' },
  ],
  info: [['status', 'status']],
  // 250 m3/h: it uses the flow sensors of heat meters
  total: { field: 'total_m3', unit: 'l', mostPerMinute: 4167 },
})
