import { deepEqual, equal } from 'node:assert/strict'
import { WATER } from '../../wmbus/frames.js'
import { bitOf, decoded, fieldsOfRecords } from '../golden.js'

function status(header: string, value: string): string | undefined {
  return fieldsOfRecords(WATER, `${header} ${value}`).status
}

describe('kamwater', () => {
  it('names its fields', () => {
    deepEqual(
      fieldsOfRecords(
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
    equal(fieldsOfRecords(WATER, 'a1015b 08').flow_temperature_c, '8')
  })

  it('names each bit of the status, and how long each of four lasted', () => {
    const now = ['DRY', 'REVERSE', 'LEAK', 'BURST']
    for (const [bit, name] of now.entries()) equal(status('02ff20', bitOf(bit, 2)), name)
    const lasted = ['', '1-8 hours', '9-24 hours', '2-3 days', '4-7 days', '8-14 days', '15-21 days', '22-31 days']
    for (const [i, field] of ['time_dry', 'time_reversed', 'time_leaking', 'time_bursting'].entries()) {
      for (const [code, text] of lasted.entries()) {
        const bits = code << (4 + 3 * i)
        const value = [bits & 0xff, bits >> 8].map((byte) => byte.toString(16).padStart(2, '0')).join('')
        equal(fieldsOfRecords(WATER, `02ff20 ${value}`)[field], text)
      }
    }
    const wide = [...now, 'TAMPER', 'LOW_BATTERY', 'LOW_ABIENT_TEMPERATURE', 'FLOW_ABOVE_Q4']
    wide.push('ERROR_FLAGS_100', 'NO_CONSUMPTION', 'ERROR_FLAGS_400')
    for (const [bit, name] of wide.entries()) equal(status('04ff23', bitOf(bit, 4)), name)
    equal(status('04ff23', '00000000'), 'OK')
  })

  it('joins what happens at once, and shows bits without a name as a number', () => {
    equal(status('02ff20', '0000'), 'OK')
    equal(status('02ff20', '0f00'), 'DRY REVERSE LEAK BURST')
    equal(status('04ff23', '30020080'), 'TAMPER LOW_BATTERY NO_CONSUMPTION ERROR_FLAGS_80000000')
    equal(status('02fd17', '4000'), 'LEAKAGE_COLD_WATER')
    const { time_dry, time_reversed, time_leaking, time_bursting } = fieldsOfRecords(WATER, '02ff20 71c9')
    deepEqual(
      [time_dry, time_reversed, time_leaking, time_bursting],
      ['22-31 days', '9-24 hours', '9-24 hours', '15-21 days'],
    )
  })

  // wmbusmeters/wmbusmeters, drivers/src/kamwater.xmq.
  it('reads a full and a compact telegram of a MULTICAL 21 without a water temperature', () => {
    for (const telegram of [
      '2A442D2C785634121B168D2091D37CAC21 576C78 02FF207100 041308190000 441308190000 615B7F 616713',
      '23442D2C785634121B168D2087D19EAD21 7F1779EDA86AB6 7100 08190000 08190000 7F 13',
    ])
      deepEqual(decoded(telegram), {
        result: 'ok',
        driver: 'kamwater',
        fields: {
          total_m3: '6.408',
          target_m3: '6.408',
          min_external_temperature_last_month_c: '19',
          status: 'DRY',
          current_status: 'DRY',
          time_dry: '22-31 days',
          time_reversed: '',
          time_leaking: '',
          time_bursting: '',
        },
        sample: { t3: '19.00 C', v1: '6.408 m3' },
        info: 'key=right&status=DRY&dry=22-31 days&',
      })
  })

  it('reads a full telegram of a FlowIQ 2200', () => {
    deepEqual(
      decoded(
        '4744372C785634123C168D2056D1ED1120 5A3C78 04FF2300080000 441300000000 523B0000 06FF1B08900008F0FF 426CC12B' +
          '61670A 51671B 023B0000 04131F0F0000 8101E7FF0F13',
      ),
      {
        result: 'ok',
        driver: 'kamwater',
        fields: {
          total_m3: '3.871',
          target_m3: '0.000',
          target_date: '2022-11-01',
          flow_m3h: '0.000',
          max_flow_last_month_m3h: '0.000',
          min_external_temperature_last_month_c: '10',
          max_external_temperature_c: '27',
          avg_external_temperature_c: '19',
          status: 'ERROR_FLAGS_800',
        },
        sample: { t3: '19.00 C', flow1: '0 l/h', v1: '3.871 m3' },
        info: 'key=right&status=ERROR_FLAGS_800&',
      },
    )
  })
})
