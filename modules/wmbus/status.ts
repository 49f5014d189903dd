/** Names of status bits, bit 0 first; empty where the meaning is not known. */
type Names = readonly string[]

/** flowIQ 2101, MULTICAL 21: what is going on now. */
const WATER_16: Names = Object.freeze(['DRY', 'REVERSE', 'LEAK', 'BURST'])

/** flowIQ 2200, KWM. */
const WATER_32: Names = Object.freeze([
  ...WATER_16,
  'TAMPER',
  'LOW_BATTERY',
  'LOW_ABIENT_TEMPERATURE',
  'FLOW_ABOVE_Q4',
  '',
  'NO_CONSUMPTION',
])

const HEAT_32: Names = Object.freeze([
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
])

/** The form of 16 bits: the same, with fewer bits in use. */
const HEAT_16: Names = Object.freeze(
  HEAT_32.slice(0, 16).map((name, bit) => (bit === 2 || bit >= 12 ? `RESERVED_BIT_${bit}` : name)),
)

/** MULTICAL 402 and 602. */
const HEAT_NARROW: Names = Object.freeze([
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
])

/** How long within the last 30 days (flowIQ technical description, info codes). */
const DURATIONS: Names = Object.freeze([
  '',
  '1-8 hours',
  '9-24 hours',
  '2-3 days',
  '4-7 days',
  '8-14 days',
  '15-21 days',
  '22-31 days',
])

const OK = 'OK'

export function water16Status(bits: number): string {
  return waterStatusNow(bits) || OK
}

/** As the status, but empty where nothing is wrong. */
export function waterStatusNow(bits: number): string {
  return names(bits & 15, WATER_16)
}

/** Duration of the condition whose three bits begin at `firstBit`. */
export function waterDuration(firstBit: 4 | 7 | 10 | 13): (bits: number) => string {
  // A parameter could change, and would keep this function out of flash.
  const shift = firstBit
  return (bits) => DURATIONS[(bits >> shift) & 7]!
}

export function water32Status(bits: number): string {
  return names(bits, WATER_32) || OK
}

export function heatStatus(bits: number, size: number): string {
  return names(bits, size === 2 ? HEAT_16 : HEAT_32) || OK
}

export function heatNarrowStatus(bits: number): string {
  return names(bits, HEAT_NARROW) || OK
}

/** Names of the bits that are set, and what is left over as a number. */
function names(bits: number, table: Names): string {
  const found: string[] = []
  let unknown = 0
  for (let bit = 0; bit < 32; bit++) {
    if (((bits >>> bit) & 1) === 0) continue
    const name = table[bit]
    if (name) found.push(name)
    else unknown += 2 ** bit
  }
  if (unknown > 0) found.push(`ERROR_FLAGS_${unknown.toString(16).toUpperCase()}`)
  return found.join(' ')
}
