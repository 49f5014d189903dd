import { MAXIMUM, MINIMUM } from '../../wmbus/record-cursor.js'
import { field, radioDriver } from '../driver.js'
import { ERROR_FLAGS, KAMSTRUP_INFO } from '../kamstrup-info.js'

const LAST_MONTH = { storage: 1 }
const LAST_DAY = { storage: 2 }

/** VIFE: Kamstrup's average. */
const AVERAGE = 0xff0f

/** VIF of the status of 16 bits (FlowIQ 2101, MULTICAL 21) and of 32 bits (FlowIQ 2200). */
const STATE_16 = 0xff20
const STATE_32 = 0xff23

const NOW = ['DRY', 'REVERSE', 'LEAK', 'BURST']
/** Bits 0 to 3 are what happens now; three bits each tell for how long in the last 30 days. */
const NOW_BITS = 15
const DURATIONS = ['', '1-8 hours', '9-24 hours', '2-3 days', '4-7 days', '8-14 days', '15-21 days', '22-31 days']

const WATER_32 = [...NOW, 'TAMPER', 'LOW_BATTERY', 'LOW_ABIENT_TEMPERATURE', 'FLOW_ABOVE_Q4', '', 'NO_CONSUMPTION']

/** FlowIQ 2101, 2200 and 3100, MULTICAL 21. Names of fields and status bits are those of wmbusmeters. */
export const kamwater = radioDriver({
  name: 'kamwater',
  meters: [
    // MULTICAL 21
    'KAM 1B 06',
    'KAM 1B 16',
    // FlowIQ 2101 and 3100
    'KAM 1F 06',
    'KAM 1F 16',
    'KAM 1D 16',
    // FlowIQ 2200 and KWM2231
    'KAW 3A 16',
    'KAW 3C 16',
    // KWM2230 and KWM3230
    'KAW 42 06',
    'KAW 42 16',
  ],
  types: [0x06, 0x07, 0x15, 0x16],
  headers: [
    // FlowIQ 2101
    '02ff2004134413a1015b8101e7ff0f',
    // MULTICAL 21 and other water meters
    '02ff2004134413615b6167',
    '02ff20041392013ba1015b8101e7ff0f',
    '02ff2004134413615b5167',
    '02ff2004134413',
    '02ff200413523b',
    '02ff200413623b615b515b61675167',
    // FlowIQ 2200 and KWM2231
    '02ff2004134413426c',
    '02ff2004134413426c523b615b616751678101e7ff0f06ff1b',
    '04ff234413523b06ff1b426c61675167023b04138101e7ff0f',
    '04ff2304134413426c023b92013ba2013b06ff1ba1015b91015ba10167',
  ],
  fields: [
    field('total_m3', 'volume'),
    field('target_m3', 'volume', LAST_MONTH),
    field('target_date', 'date', LAST_MONTH),
    field('flow_m3h', 'flow'),
    field('max_flow_last_month_m3h', 'flow', { function: MAXIMUM, ...LAST_MONTH }),
    field('max_flow_m3h', 'flow', { function: MAXIMUM, ...LAST_DAY }),
    field('min_flow_m3h', 'flow', { function: MINIMUM, ...LAST_DAY }),
    field('flow_temperature_c', 'flow-temperature', { function: MINIMUM, ...LAST_MONTH }),
    field('flow_temperature_c', 'flow-temperature', { function: MINIMUM, ...LAST_DAY }),
    field('min_flow_temperature_c', 'flow-temperature', { function: MINIMUM, ...LAST_DAY }),
    field('max_flow_temperature_c', 'flow-temperature', { function: MAXIMUM, ...LAST_DAY }),
    field('min_external_temperature_last_month_c', 'external-temperature', { function: MINIMUM, ...LAST_MONTH }),
    field('min_external_temperature_last_day_c', 'external-temperature', { function: MINIMUM, ...LAST_DAY }),
    field('max_external_temperature_c', 'external-temperature', { function: MAXIMUM, ...LAST_MONTH }),
    field('avg_external_temperature_c', 'external-temperature', { modifier: AVERAGE, ...LAST_DAY }),
    field('status', STATE_16, { state: { flags: NOW, mask: NOW_BITS, none: 'OK' } }),
    field('current_status', STATE_16, { state: { flags: NOW, mask: NOW_BITS, none: '' } }),
    field('time_dry', STATE_16, { state: { numbers: DURATIONS, shift: 4 } }),
    field('time_reversed', STATE_16, { state: { numbers: DURATIONS, shift: 7 } }),
    field('time_leaking', STATE_16, { state: { numbers: DURATIONS, shift: 10 } }),
    field('time_bursting', STATE_16, { state: { numbers: DURATIONS, shift: 13 } }),
    field('status', STATE_32, { state: { flags: WATER_32, none: 'OK' } }),
    field('status', ERROR_FLAGS, { state: KAMSTRUP_INFO }),
  ],
  sample: [
    { quantity: 't1', field: 'flow_temperature_c' },
    { quantity: 't3', field: 'avg_external_temperature_c' },
    { quantity: 't3', field: 'min_external_temperature_last_month_c' },
    { quantity: 't3', field: 'min_external_temperature_last_day_c' },
    { quantity: 't3', field: 'max_external_temperature_c' },
    { quantity: 'flow1', field: 'flow_m3h' },
    { quantity: 'v1', field: 'total_m3', decimals: 3 },
  ],
  info: [
    ['status', 'status'],
    ['dry', 'time_dry'],
    ['reversed', 'time_reversed'],
    ['leaking', 'time_leaking'],
    ['bursting', 'time_bursting'],
  ],
  // 25 m3/h
  total: { field: 'total_m3', unit: 'l', mostPerMinute: 417 },
})
