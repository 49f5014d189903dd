import { AT_ERROR, MAXIMUM } from '../../wmbus/record-cursor.js'
import { field, radioDriver } from '../driver.js'
import { ERROR_FLAGS, KAMSTRUP_INFO } from '../kamstrup-info.js'

const TARGET = { storage: 1 }

/** VIFE: the register that counts backward. */
const BACKWARD = 0x3c
/** Kamstrup's VIFE. */
const ENHANCED = 0xff15
const OPERATING_MINUTES = 0xff21
/** VIF and VIFE of the pulse inputs. */
const PULSE_INPUTS = 0x6e
const PULSE_INPUT_A = 0xff07
const PULSE_INPUT_B = 0xff08
/** VIF of the status of 16 or 32 bits. */
const STATE = 0xff22

const HEAT_32 = [
  'VOLTAGE_INTERRUPTED',
  'LOW_BATTERY_LEVEL',
  'SENSOR_ERROR',
  'SENSOR_T1_ABOVE_MEASURING_RANGE',
  'SENSOR_T2_ABOVE_MEASURING_RANGE',
  'SENSOR_T1_BELOW_MEASURING_RANGE',
  'SENSOR_T2_BELOW_MEASURING_RANGE',
  'TEMP_DIFF_WRONG_POLARITY',
  'FLOW_SENSOR_WEAK_OR_AIR',
  'WRONG_FLOW_DIRECTION',
  'RESERVED_BIT_10',
  'FLOW_INCREASED',
  'IN_A1_LEAKAGE_IN_THE_SYSTEM',
  'IN_B1_LEAKAGE_IN_THE_SYSTEM',
  'IN_A1_A2_EXTERNAL_ALARM',
  'IN_B1_B2_EXTERNAL_ALARM',
  'V1_COMMUNICATION_ERROR',
  'V1_WRONG_PULSE_FIGURE',
  'IN_A2_LEAKAGE_IN_THE_SYSTEM',
  'IN_B2_LEAKAGE_IN_THE_SYSTEM',
  'T3_ABOVE_MEASURING_RANGE_OR_SWITCHED_OFF',
  'T3_BELOW_MEASURING_RANGE_OR_SWITCHED_OFF',
  'V2_COMMUNICATION_ERROR',
  'V2_WRONG_PULSE_FIGURE',
  'V2_AIR',
  'V2_WRONG_FLOW_DIRECTION',
  'RESERVED_BIT_26',
  'V2_INCREASED_FLOW',
  'V1_V2_BURST_WATER_LOSS',
  'V1_V2_BURST_WATER_PENETRATION',
  'V1_V2_LEAKAGE_WATER_LOSS',
  'V1_V2_LEAKAGE_WATER_PENETRATION',
]
/** The form of 16 bits uses fewer of the same bits. */
const HEAT_16 = HEAT_32.slice(0, 16).map((name, bit) => (bit === 2 || bit >= 12 ? `RESERVED_BIT_${bit}` : name))

/** MULTICAL 302, 303, 402, 403, 601, 602, 603 and 803. Names of fields and status bits are those of wmbusmeters. */
export const kamheat = radioDriver({
  name: 'kamheat',
  meters: [
    // MULTICAL 302
    'KAM 30 04',
    'KAM 30 0C',
    'KAM 30 0D',
    // MULTICAL 303
    'KAM 40 04',
    'KAM 40 0C',
    'KAM 40 0D',
    // MULTICAL 402
    'KAM 19 04',
    // MULTICAL 403
    'KAM 34 04',
    'KAM 34 0A',
    'KAM 34 0B',
    'KAM 34 0C',
    'KAM 34 0D',
    // MULTICAL 601
    'KAM 1A 04',
    'KAM 1A 0C',
    // MULTICAL 602
    'KAM 1C 04',
    // MULTICAL 603
    'KAM 35 04',
    'KAM 35 0C',
    // MULTICAL 803
    'KAM 39 04',
  ],
  types: [0x04, 0x0a, 0x0b, 0x0c, 0x0d],
  headers: [
    // MULTICAL 602 and 402
    '02f9ff15040604eeff0704eeff0804148440148480401402fd17026c426c44064414c44014c4804014043b0259025d',
    '02f9ff15040704eeff0704eeff08041502fd17026c426c44074415043b0259025d',
    '040f04ff0704ff08041402fd17043b0259025d',
    // MULTICAL 302
    '030643060314426c022d01ff21',
    '030e430e0313426c022d01ff21',
    '030f430f0314426c022d01ff21',
    '03054305431343ff0743ff08426c01ff21',
    // MULTICAL 403
    '040604ff0704ff080414043b0259025d04ff22026c44064414426c',
    '040e04ff0704ff08041384401484804014043b0259025d142d84100e84200e04ff22026c440e4413c44014c4804014426c',
    '040f04ff0704ff080414043b0259025d04ff22',
    // MULTICAL 803, 303 and 603
    '040f04ff0704ff08041484401484804014043b0259025d142d84100f84200f04ff22026c440f4414c44014c4804014426c',
    '0406041404ff0704ff080259025d023b02ff22026c44064414426c',
    '0405041304ff0704ff080259025d023b02ff22026c44054413426c',
    '040604863c041404ff0704ff080259025d023b02ff22026c440644863c4414426c',
    '040604ff0704ff080414043b0259025d04ff22',
    '040604ff0704ff080414043b042d0259025d04ff220422143b142d',
    '04fb09041604ff22043c0259025d84401484804014042e026c426c44fb09543c',
  ],
  fields: [
    field('total_energy_consumption_kwh', 'energy'),
    field('total_energy_backward_kwh', 'energy', { modifier: BACKWARD }),
    field('target_energy_kwh', 'energy', TARGET),
    field('target_energy_backward_kwh', 'energy', { modifier: BACKWARD, ...TARGET }),
    field('total_volume_m3', 'volume'),
    field('target_volume_m3', 'volume', TARGET),
    ...[1, 2, 3, 4].flatMap((subunit) => [
      field(`total_volume_subunit${subunit}_m3`, 'volume', { subunit }),
      field(`target_volume_subunit${subunit}_m3`, 'volume', { subunit, ...TARGET }),
    ]),
    field('volume_flow_m3h', 'flow'),
    field('max_flow_m3h', 'flow', { function: MAXIMUM }),
    field('power_kw', 'power'),
    field('max_power_kw', 'power', { function: MAXIMUM }),
    field('t1_temperature_c', 'flow-temperature'),
    field('t2_temperature_c', 'return-temperature'),
    field('flow_return_temperature_difference_c', 'temperature-difference'),
    field('forward_energy_m3c', 'forward-energy'),
    field('return_energy_m3c', 'return-energy'),
    field('target_forward_energy_m3c', 'forward-energy', TARGET),
    field('target_return_energy_m3c', 'return-energy', TARGET),
    field('meter_date', 'date'),
    field('meter_datetime', 'datetime'),
    field('target_date', 'date', TARGET),
    field('on_time_h', 'on-time'),
    field('on_time_at_error_h', 'on-time', { function: AT_ERROR }),
    field('operating_time_h', 'operating-time'),
    field('operating_time_h', 'operating-time', { modifier: OPERATING_MINUTES }),
    field('va_counter', PULSE_INPUTS, { modifier: PULSE_INPUT_A }),
    field('vb_counter', PULSE_INPUTS, { modifier: PULSE_INPUT_B }),
    field('fabrication_no', 'fabrication-number'),
    field('enhanced_id', 'enhanced-id'),
    field('enhanced_id', 'enhanced-id', { modifier: ENHANCED }),
    field('status', STATE, { size: 2, state: { flags: HEAT_16, none: 'OK' } }),
    field('status', STATE, { state: { flags: HEAT_32, none: 'OK' } }),
    field('status', ERROR_FLAGS, { state: KAMSTRUP_INFO }),
  ],
  sample: [
    { quantity: 't1', field: 't1_temperature_c' },
    { quantity: 't2', field: 't2_temperature_c' },
    { quantity: 'tdif', field: 'flow_return_temperature_difference_c' },
    { quantity: 'tdif', field: 't1_temperature_c', minus: 't2_temperature_c' },
    { quantity: 'flow1', field: 'volume_flow_m3h' },
    { quantity: 'effect1', field: 'power_kw' },
    { quantity: 'hr', field: 'on_time_h' },
    { quantity: 'hr', field: 'operating_time_h' },
    { quantity: 'v1', field: 'total_volume_m3' },
    { quantity: 'e1', field: 'total_energy_consumption_kwh' },
  ],
  info: [['status', 'status']],
  // 250 m3/h
  total: { field: 'total_volume_m3', unit: 'l', mostPerMinute: 4167 },
})
