import { deepEqual, equal } from 'node:assert/strict'
import { HEAT } from '../../wmbus/frames.js'
import { bitOf, decoded, fieldsOfRecords } from '../golden.js'

function status(header: string, value: string): string | undefined {
  return fieldsOfRecords(HEAT, `${header} ${value}`).status
}

describe('kamheat', () => {
  it('names its fields', () => {
    deepEqual(
      fieldsOfRecords(
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
      fieldsOfRecords(
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
    deepEqual(fieldsOfRecords(HEAT, '04a6ff21 0d000000', '02f9ff15 1214'), {
      operating_time_h: '13',
      enhanced_id: '1412',
    })
  })

  it('names each bit of the status', () => {
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
      equal(status('04ff22', bitOf(bit, 4)), name)
      if (bit < 16) equal(status('02ff22', bitOf(bit, 2)), bit === 2 || bit >= 12 ? `RESERVED_BIT_${bit}` : name)
    }
    equal(status('04ff22', '00000000'), 'OK')
  })

  it('names each bit of the info code of MULTICAL 402 and 602', () => {
    const names =
      'VOLTAGE_INTERRUPTED ERROR_FLAGS_2 SENSOR_T2_OUTSIDE_MEASURING_RANGE SENSOR_T1_OUTSIDE_MEASURING_RANGE ' +
      'V1_COMMUNICATION_ERROR SENSOR_T3_OUTSIDE_MEASURING_RANGE LEAKAGE_COLD_WATER V2_WRONG_PULSE_FIGURE ' +
      'LEAKAGE_HOT_WATER BURST_WATER_LOSS V2_COMMUNICATION_ERROR V1_WRONG_PULSE_FIGURE V1_AIR V2_AIR ' +
      'V1_WRONG_FLOW_DIRECTION V2_WRONG_FLOW_DIRECTION'
    for (const [bit, name] of names.split(' ').entries()) equal(status('02fd17', bitOf(bit, 2)), name)
  })

  it('does not mix up totals with tariffs, backward counters and other storages', () => {
    deepEqual(fieldsOfRecords(HEAT, '84100e 01000000', '04863c 02000000', '840106 03000000', '844006 05000000'), {
      total_energy_backward_kwh: '2',
    })
  })

  it('has a status only where a record has one', () => {
    equal(fieldsOfRecords(HEAT, '0406 05000000').status, undefined)
    equal(status('02ff22', '0490'), 'RESERVED_BIT_2 RESERVED_BIT_12 RESERVED_BIT_15')
    equal(status('04ff22', '04100080'), 'SENSOR_ERROR IN_A1_LEAKAGE_IN_THE_SYSTEM V1_V2_LEAKAGE_WATER_PENETRATION')
    equal(status('02fd17', '0b00'), 'VOLTAGE_INTERRUPTED SENSOR_T1_OUTSIDE_MEASURING_RANGE ERROR_FLAGS_2')
    equal(status('02fd17', '0000'), 'OK')
  })

  it('reads energy and hours in every unit that a meter may count in', () => {
    for (const [name, vifs] of [
      ['total_energy_consumption_kwh', ['00', '07', '08', '0f', 'fb00', 'fb01', 'fb08', 'fb09']],
      ['on_time_h', ['20', '21', '22', '23']],
      ['operating_time_h', ['24', '25', '26', '27']],
    ] as const)
      for (const vif of vifs) deepEqual(Object.keys(fieldsOfRecords(HEAT, `04${vif} 01000000`)), [name], vif)
  })

  // wmbusmeters/wmbusmeters, drivers/src/kamheat.xmq.
  it('reads a full telegram of a MULTICAL 602', () => {
    deepEqual(
      decoded(
        '7A442D2C785634121C048D206C70E76322344678 02F9FF151113 0406690B0100 04EEFF07C1BC0200 04EEFF0890D40100' +
          '0414A9250400 84401400000000 8480401400000000 02FD170000 026CB929 426CBF28 4406100A0100 4414D81A0400' +
          'C4401400000000 C480401400000000 043B39000000 02592A17 025D2912',
      ),
      {
        result: 'ok',
        driver: 'kamheat',
        fields: {
          total_energy_consumption_kwh: '68457',
          target_energy_kwh: '68112',
          total_volume_m3: '2717.85',
          target_volume_m3: '2690.16',
          total_volume_subunit1_m3: '0.00',
          target_volume_subunit1_m3: '0.00',
          total_volume_subunit2_m3: '0.00',
          target_volume_subunit2_m3: '0.00',
          volume_flow_m3h: '0.057',
          t1_temperature_c: '59.30',
          t2_temperature_c: '46.49',
          meter_date: '2021-09-25',
          target_date: '2021-08-31',
          va_counter: '179393',
          vb_counter: '119952',
          enhanced_id: '1311',
          status: 'OK',
        },
        sample: {
          t1: '59.30 C',
          t2: '46.49 C',
          tdif: '12.81 K',
          flow1: '57 l/h',
          v1: '2717.85 m3',
          e1: '68457 kWh',
        },
        info: 'key=right&status=OK&',
      },
    )
  })
})
