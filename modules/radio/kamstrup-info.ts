import type { StateText } from './driver.js'

/** The info code of Kamstrup's meters of the generation of MULTICAL 602, which they send as error flags (VIF FD17). */
export const KAMSTRUP_INFO: StateText = Object.freeze({
  flags: Object.freeze([
    'VOLTAGE_INTERRUPTED',
    '',
    'SENSOR_T2_OUTSIDE_MEASURING_RANGE',
    'SENSOR_T1_OUTSIDE_MEASURING_RANGE',
    'V1_COMMUNICATION_ERROR',
    'SENSOR_T3_OUTSIDE_MEASURING_RANGE',
    'LEAKAGE_COLD_WATER',
    'V2_WRONG_PULSE_FIGURE',
    'LEAKAGE_HOT_WATER',
    'BURST_WATER_LOSS',
    'V2_COMMUNICATION_ERROR',
    'V1_WRONG_PULSE_FIGURE',
    'V1_AIR',
    'V2_AIR',
    'V1_WRONG_FLOW_DIRECTION',
    'V2_WRONG_FLOW_DIRECTION',
  ]),
  none: 'OK',
})

/** VIF of the error flags. */
export const ERROR_FLAGS = 0xfd17
