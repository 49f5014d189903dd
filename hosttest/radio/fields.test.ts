import { deepEqual, equal } from 'node:assert/strict'
import { fieldsOf } from '../../modules/radio/all-fields.js'
import { decodeTelegram } from '../../modules/wmbus/decode.js'
import { Signatures } from '../../modules/wmbus/signatures.js'
import type { Telegram } from '../../modules/wmbus/telegram.js'
import { valueText } from '../../modules/wmbus/value.js'
import { stubCrypto } from '../support/crypto.js'
import { clearFrame, HEAT, WATER } from '../wmbus/frames.js'

const ELECTRICITY = '2d2c785634123002'

/** A full frame of these records: header, a blank, value. */
function telegram(address: string, ...records: string[]): Telegram {
  const payload = `78${records.join('').replaceAll(' ', '')}`
  return decodeTelegram(clearFrame(address, payload), {
    key: undefined,
    crypto: stubCrypto,
    signatures: new Signatures(),
  })
}

function texts(address: string, ...records: string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fieldsOf(telegram(address, ...records))).map(([name, value]) => [name, valueText(value)]),
  )
}

function status(address: string, header: string, value: string): string | undefined {
  return texts(address, `${header} ${value}`).status
}

/** The bit `bit` of a number of this many bytes, as it is sent. */
function bitOf(bit: number, size: number): string {
  return Array.from({ length: size }, (_, i) =>
    (i === bit >> 3 ? 1 << (bit & 7) : 0).toString(16).padStart(2, '0'),
  ).join('')
}

describe('the names of the fields', () => {
  it('of a water meter', () => {
    deepEqual(
      texts(
        WATER,
        ...['0413 01000000', '4413 02000000', '426c bf28', '023b 0300', '523b 0400', '92013b 0500', 'a2013b 0600'],
        ...['615b 07', 'a1015b 08', '91015b 09', '6167 0a', 'a10167 0b', '5167 0c', '8101e7ff0f 0d', '02ff20 1200'],
      ),
      {
        total_m3: '0.001',
        target_m3: '0.002',
        target_date: '2021-08-31',
        flow_m3h: '0.003',
        max_flow_last_month_m3h: '0.004',
        max_flow_m3h: '0.005',
        min_flow_m3h: '0.006',
        flow_temperature_c: '7',
        min_flow_temperature_c: '8',
        max_flow_temperature_c: '9',
        min_external_temperature_last_month_c: '10',
        min_external_temperature_last_day_c: '11',
        max_external_temperature_c: '12',
        avg_external_temperature_c: '13',
        status: 'REVERSE',
        current_status: 'REVERSE',
        time_dry: '1-8 hours',
        time_reversed: '',
        time_leaking: '',
        time_bursting: '',
      },
    )
    equal(texts(WATER, 'a1015b 08').flow_temperature_c, '8')
  })

  it('of a heat meter', () => {
    deepEqual(
      texts(
        HEAT,
        ...['0406 01000000', '04863c 02000000', '4406 03000000', '44863c 04000000', '0414 05000000', '4414 06000000'],
        ...['844014 07000000', 'c44014 08000000', '84804014 09000000', 'c4804014 0a000000', '84c04014 0b000000'],
        ...['c4c04014 0c000000', '8480804014 0d000000', 'c480804014 0e000000', '043b 0f000000', '143b 10000000'],
      ),
      {
        total_energy_consumption_kwh: '1',
        total_energy_backward_kwh: '2',
        target_energy_kwh: '3',
        target_energy_backward_kwh: '4',
        total_volume_m3: '0.05',
        target_volume_m3: '0.06',
        total_volume_subunit1_m3: '0.07',
        target_volume_subunit1_m3: '0.08',
        total_volume_subunit2_m3: '0.09',
        target_volume_subunit2_m3: '0.10',
        total_volume_subunit3_m3: '0.11',
        target_volume_subunit3_m3: '0.12',
        total_volume_subunit4_m3: '0.13',
        target_volume_subunit4_m3: '0.14',
        volume_flow_m3h: '0.015',
        max_flow_m3h: '0.016',
      },
    )
    deepEqual(
      texts(
        HEAT,
        ...['042d 01000000', '142d 02000000', '0259 0300', '025d 0400', '0261 0500', '04ff07 06000000'],
        ...['04ff08 07000000', '026c bf28', '046d 1e0cbf28', '426c ca2c', '0422 08000000', '3422 09000000'],
        ...['0426 0a000000', '04eeff07 0b000000', '04eeff08 0c000000', '0c78 78563412', '0279 1113', '02fd17 0100'],
      ),
      {
        power_kw: '0.1',
        max_power_kw: '0.2',
        t1_temperature_c: '0.03',
        t2_temperature_c: '0.04',
        flow_return_temperature_difference_c: '0.05',
        forward_energy_m3c: '6',
        return_energy_m3c: '7',
        meter_date: '2021-08-31',
        meter_datetime: '2021-08-31 12:30',
        target_date: '2022-12-10',
        on_time_h: '8',
        on_time_at_error_h: '9',
        operating_time_h: '10',
        va_counter: '11',
        vb_counter: '12',
        fabrication_no: '12345678',
        enhanced_id: '1311',
        status: 'VOLTAGE_INTERRUPTED',
      },
    )
    deepEqual(texts(HEAT, '04a6ff21 0d000000', '02f9ff15 1214'), { operating_time_h: '13', enhanced_id: '1412' })
  })

  it('of an electricity meter', () => {
    deepEqual(texts(ELECTRICITY, '0404 01000000', '04843c 02000000', '042b 03000000', '04ab3c 04000000'), {
      total_energy_consumption_kwh: '0.01',
      total_energy_production_kwh: '0.02',
      current_power_consumption_kw: '0.003',
      current_power_production_kw: '0.004',
    })
  })

  it('are the same in every unit that a meter may count in', () => {
    for (const [name, vifs] of [
      ['total_energy_consumption_kwh', ['00', '07', '08', '0f', 'fb00', 'fb01', 'fb08', 'fb09']],
      ['on_time_h', ['20', '21', '22', '23']],
      ['operating_time_h', ['24', '25', '26', '27']],
    ] as const)
      for (const vif of vifs) deepEqual(Object.keys(texts(HEAT, `04${vif} 01000000`)), [name], vif)
  })

  it('go by the type of the meter', () => {
    const total = (type: string) => Object.keys(texts(`2d2c7856341200${type}`, '0413 01000000'))[0]
    for (const type of ['06', '07', '15', '16']) equal(total(type), 'total_m3', type)
    for (const type of ['04', '0a', '0b', '0c', '0d']) equal(total(type), 'total_volume_m3', type)
    for (const type of ['00', '02', '03', '05', '08', '14', '17', 'ff']) equal(total(type), undefined, type)
  })
})

describe('the status', () => {
  it('of water names each bit, and how long each of four lasted', () => {
    const now = ['DRY', 'REVERSE', 'LEAK', 'BURST']
    for (const [bit, name] of now.entries()) equal(status(WATER, '02ff20', bitOf(bit, 2)), name)
    const lasted = ['', '1-8 hours', '9-24 hours', '2-3 days', '4-7 days', '8-14 days', '15-21 days', '22-31 days']
    for (const [i, field] of ['time_dry', 'time_reversed', 'time_leaking', 'time_bursting'].entries()) {
      for (const [code, text] of lasted.entries()) {
        const bits = code << (4 + 3 * i)
        const value = [bits & 0xff, bits >> 8].map((byte) => byte.toString(16).padStart(2, '0')).join('')
        equal(texts(WATER, `02ff20 ${value}`)[field], text)
      }
    }
    const wide = [...now, 'TAMPER', 'LOW_BATTERY', 'LOW_ABIENT_TEMPERATURE', 'FLOW_ABOVE_Q4']
    wide.push('ERROR_FLAGS_100', 'NO_CONSUMPTION', 'ERROR_FLAGS_400')
    for (const [bit, name] of wide.entries()) equal(status(WATER, '04ff23', bitOf(bit, 4)), name)
    equal(status(WATER, '04ff23', '00000000'), 'OK')
  })

  it('of heat names each bit', () => {
    const names =
      'VOLTAGE_INTERRUPTED LOW_BATTERY_LEVEL SENSOR_ERROR SENSOR_T1_ABOVE_MEASURING_RANGE ' +
      'SENSOR_T2_ABOVE_MEASURING_RANGE SENSOR_T1_BELOW_MEASURING_RANGE SENSOR_T2_BELOW_MEASURING_RANGE ' +
      'TEMP_DIFF_WRONG_POLARITY FLOW_SENSOR_WEAK_OR_AIR WRONG_FLOW_DIRECTION RESERVED_BIT_10 FLOW_INCREASED ' +
      'IN_A1_LEAKAGE_IN_THE_SYSTEM IN_B1_LEAKAGE_IN_THE_SYSTEM IN_A1_A2_EXTERNAL_ALARM IN_B1_B2_EXTERNAL_ALARM ' +
      'V1_COMMUNICATION_ERROR V1_WRONG_PULSE_FIGURE IN_A2_LEAKAGE_IN_THE_SYSTEM IN_B2_LEAKAGE_IN_THE_SYSTEM ' +
      'T3_ABOVE_MEASURING_RANGE_OR_SWITCHED_OFF T3_BELOW_MEASURING_RANGE_OR_SWITCHED_OFF V2_COMMUNICATION_ERROR ' +
      'V2_WRONG_PULSE_FIGURE V2_AIR V2_WRONG_FLOW_DIRECTION RESERVED_BIT_26 V2_INCREASED_FLOW V1_V2_BURST_WATER_LOSS ' +
      'V1_V2_BURST_WATER_PENETRATION V1_V2_LEAKAGE_WATER_LOSS V1_V2_LEAKAGE_WATER_PENETRATION'
    for (const [bit, name] of names.split(' ').entries()) {
      equal(status(HEAT, '04ff22', bitOf(bit, 4)), name)
      if (bit < 16) equal(status(HEAT, '02ff22', bitOf(bit, 2)), bit === 2 || bit >= 12 ? `RESERVED_BIT_${bit}` : name)
    }
    equal(status(HEAT, '04ff22', '00000000'), 'OK')
  })

  it('of MULTICAL 402 and 602 names each bit', () => {
    const names =
      'VOLTAGE_INTERRUPTED ERROR_FLAGS_2 SENSOR_T2_OUTSIDE_MEASURING_RANGE SENSOR_T1_OUTSIDE_MEASURING_RANGE ' +
      'V1_COMMUNICATION_ERROR SENSOR_T3_OUTSIDE_MEASURING_RANGE LEAKAGE_COLD_WATER V2_WRONG_PULSE_FIGURE ' +
      'LEAKAGE_HOT_WATER BURST_WATER_LOSS V2_COMMUNICATION_ERROR V1_WRONG_PULSE_FIGURE V1_AIR V2_AIR ' +
      'V1_WRONG_FLOW_DIRECTION V2_WRONG_FLOW_DIRECTION'
    for (const [bit, name] of names.split(' ').entries()) equal(status(HEAT, '02fd17', bitOf(bit, 2)), name)
  })
})

describe('the unit of a record', () => {
  it('follows from its VIF, at both ends of each range', () => {
    const rows: readonly (readonly [vif: string, value: string, unit: string])[] = [
      ['10', '0.000001', 'm3'],
      ['17', '10', 'm3'],
      ['38', '0.000001', 'm3/h'],
      ['3f', '10', 'm3/h'],
      ['58', '0.001', 'C'],
      ['5b', '1', 'C'],
      ['5c', '0.001', 'C'],
      ['5f', '1', 'C'],
      ['60', '0.001', 'K'],
      ['63', '1', 'K'],
      ['64', '0.001', 'C'],
      ['67', '1', 'C'],
      ['00', '0.000001', 'kWh'],
      ['07', '10', 'kWh'],
      ['0e', '0.277778', 'kWh'],
      ['0f', '2.777778', 'kWh'],
      ['fb00', '100', 'kWh'],
      ['fb01', '1000', 'kWh'],
      ['fb08', '27.777778', 'kWh'],
      ['fb09', '277.777778', 'kWh'],
      ['28', '0.000001', 'kW'],
      ['2f', '10', 'kW'],
      ['20', '0.000278', 'h'],
      ['21', '0.016667', 'h'],
      ['22', '1', 'h'],
      ['23', '24', 'h'],
      ['24', '0.000278', 'h'],
      ['25', '0.016667', 'h'],
      ['26', '1', 'h'],
      ['27', '24', 'h'],
      ['78', '1', ''],
      ['ff07', '1', 'm3C'],
      ['ff08', '1', 'm3C'],
      ['ff20', '1', ''],
      ['ff22', '1', ''],
      ['ff23', '1', ''],
      ['fd17', '1', ''],
      // No more than numbers: the codes beside the ranges.
      ['18', '1', ''],
      ['30', '1', ''],
      ['37', '1', ''],
      ['40', '1', ''],
      ['68', '1', ''],
      ['fb02', '1', ''],
      ['fb07', '1', ''],
      ['fb0a', '1', ''],
      ['ff09', '1', ''],
    ]
    for (const [vif, text, unit] of rows) {
      const { value, ...record } = telegram(WATER, `04${vif} 01000000`).records[0]!
      deepEqual([valueText(value!), record.unit], [text, unit], vif)
    }
  })
})
