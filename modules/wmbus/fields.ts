import type { Quantity } from './quantities.js'
import { AT_ERROR, INSTANTANEOUS, MAXIMUM, MINIMUM } from './record-cursor.js'
import { heatNarrowStatus, heatStatus, water16Status, water32Status, waterDuration, waterStatusNow } from './status.js'

/** Which record a named field is: everything of the record's header has to match. */
export interface FieldRow {
  readonly name: string
  /** A quantity, or the VIF of records whose number has no unit. */
  readonly of: Quantity | number
  readonly function: number
  readonly storage: number
  readonly subunit: number
  readonly modifier: number
  /** For a state: its text, from the bits and the number of bytes. */
  readonly text: ((bits: number, size: number) => string) | undefined
}

/** VIFE: the register that counts backward. */
const BACKWARD = 0x3c
/** Kamstrup's VIFE. */
const AVERAGE = 0xff0f
const ENHANCED = 0xff15
const OPERATING_MINUTES = 0xff21
const PULSE_INPUTS = 0x6e
const PULSE_INPUT_A = 0xff07
const PULSE_INPUT_B = 0xff08

const TARGET = Object.freeze({ storage: 1 })
const LAST_DAY = Object.freeze({ storage: 2 })

const STATUS: readonly FieldRow[] = Object.freeze([
  row('status', 'water-state-16', { text: water16Status }),
  row('current_status', 'water-state-16', { text: waterStatusNow }),
  row('time_dry', 'water-state-16', { text: waterDuration(4) }),
  row('time_reversed', 'water-state-16', { text: waterDuration(7) }),
  row('time_leaking', 'water-state-16', { text: waterDuration(10) }),
  row('time_bursting', 'water-state-16', { text: waterDuration(13) }),
  row('status', 'water-state-32', { text: water32Status }),
  row('status', 'heat-state', { text: heatStatus }),
  row('status', 'heat-state-narrow', { text: heatNarrowStatus }),
])

/** flowIQ 2101, 2200 and 3100, MULTICAL 21: names of wmbusmeters, and two that it does not have. */
const WATER: readonly FieldRow[] = Object.freeze([
  row('total_m3', 'volume'),
  row('target_m3', 'volume', TARGET),
  row('target_date', 'date', TARGET),
  row('flow_m3h', 'flow'),
  row('max_flow_last_month_m3h', 'flow', { function: MAXIMUM, ...TARGET }),
  row('max_flow_m3h', 'flow', { function: MAXIMUM, ...LAST_DAY }),
  row('min_flow_m3h', 'flow', { function: MINIMUM, ...LAST_DAY }),
  row('flow_temperature_c', 'flow-temperature', { function: MINIMUM, ...TARGET }),
  row('flow_temperature_c', 'flow-temperature', { function: MINIMUM, ...LAST_DAY }),
  row('min_flow_temperature_c', 'flow-temperature', { function: MINIMUM, ...LAST_DAY }),
  row('max_flow_temperature_c', 'flow-temperature', { function: MAXIMUM, ...LAST_DAY }),
  row('min_external_temperature_last_month_c', 'external-temperature', { function: MINIMUM, ...TARGET }),
  row('min_external_temperature_last_day_c', 'external-temperature', { function: MINIMUM, ...LAST_DAY }),
  row('max_external_temperature_c', 'external-temperature', { function: MAXIMUM, ...TARGET }),
  row('avg_external_temperature_c', 'external-temperature', { modifier: AVERAGE, ...LAST_DAY }),
  ...STATUS,
])

/** MULTICAL 302, 303, 402, 403, 602, 603 and 803. */
const HEAT: readonly FieldRow[] = Object.freeze([
  row('total_energy_consumption_kwh', 'energy'),
  row('total_energy_backward_kwh', 'energy', { modifier: BACKWARD }),
  row('target_energy_kwh', 'energy', TARGET),
  row('target_energy_backward_kwh', 'energy', { modifier: BACKWARD, ...TARGET }),
  row('total_volume_m3', 'volume'),
  row('target_volume_m3', 'volume', TARGET),
  ...[1, 2, 3, 4].flatMap((subunit) => [
    row(`total_volume_subunit${subunit}_m3`, 'volume', { subunit }),
    row(`target_volume_subunit${subunit}_m3`, 'volume', { subunit, ...TARGET }),
  ]),
  row('volume_flow_m3h', 'flow'),
  row('max_flow_m3h', 'flow', { function: MAXIMUM }),
  row('power_kw', 'power'),
  row('max_power_kw', 'power', { function: MAXIMUM }),
  row('t1_temperature_c', 'flow-temperature'),
  row('t2_temperature_c', 'return-temperature'),
  row('flow_return_temperature_difference_c', 'temperature-difference'),
  row('forward_energy_m3c', 'forward-energy'),
  row('return_energy_m3c', 'return-energy'),
  row('meter_date', 'date'),
  row('meter_datetime', 'datetime'),
  row('target_date', 'date', TARGET),
  row('on_time_h', 'on-time'),
  row('on_time_at_error_h', 'on-time', { function: AT_ERROR }),
  row('operating_time_h', 'operating-time'),
  row('operating_time_h', 'operating-time', { modifier: OPERATING_MINUTES }),
  row('va_counter', PULSE_INPUTS, { modifier: PULSE_INPUT_A }),
  row('vb_counter', PULSE_INPUTS, { modifier: PULSE_INPUT_B }),
  row('fabrication_no', 'fabrication-number'),
  row('enhanced_id', 'enhanced-id'),
  row('enhanced_id', 'enhanced-id', { modifier: ENHANCED }),
  ...STATUS,
])

/** OMNIPOWER. */
const ELECTRICITY: readonly FieldRow[] = Object.freeze([
  row('total_energy_consumption_kwh', 'energy'),
  row('total_energy_production_kwh', 'energy', { modifier: BACKWARD }),
  row('current_power_consumption_kw', 'power'),
  row('current_power_production_kw', 'power', { modifier: BACKWARD }),
])

const NONE: readonly FieldRow[] = Object.freeze([])

/** The named fields of a meter by its type in the address (EN 13757-3, device types). */
export function fieldRows(type: number | undefined): readonly FieldRow[] {
  switch (type) {
    case 0x06:
    case 0x07:
    case 0x15:
    case 0x16:
      return WATER
    case 0x04:
    case 0x0a:
    case 0x0b:
    case 0x0c:
    case 0x0d:
      return HEAT
    case 0x02:
      return ELECTRICITY
    default:
      return NONE
  }
}

function row(name: string, of: FieldRow['of'], rest: Partial<Omit<FieldRow, 'name' | 'of'>> = {}): FieldRow {
  return Object.freeze({
    name,
    of,
    function: rest.function ?? INSTANTANEOUS,
    storage: rest.storage ?? 0,
    subunit: rest.subunit ?? 0,
    modifier: rest.modifier ?? 0,
    text: rest.text,
  })
}
