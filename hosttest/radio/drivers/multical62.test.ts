import { deepEqual, equal } from 'node:assert/strict'
import { bitOf, decoded, fieldsOfRecords } from '../golden.js'

/** A MULTICAL 62 that is not real. */
const METER = '2d2c785634123316'

describe('multical62', () => {
  // wmbusmeters/wmbusmeters, issue 603: as it was received, and decrypted.
  it('reads a compact telegram of a meter without a temperature sensor', () => {
    deepEqual(decoded('23442D2C7856341233168D20CBDC9A8822 C96E79ABB3DDF1DB9600000000000000005046'), {
      result: 'ok',
      driver: 'multical62',
      fields: { total_m3: '386.19', flow_m3h: '0.000', status: 'OK' },
      sample: { flow1: '0 l/h', v1: '386.19 m3' },
      info: 'key=right&status=OK&',
    })
  })

  it('names its fields', () => {
    deepEqual(fieldsOfRecords(METER, '0414 db960000', '02fd17 1048', '043b 2a010000', '0259 d204'), {
      total_m3: '386.19',
      flow_m3h: '0.298',
      flow_temperature_c: '12.34',
      status: 'V1_COMMUNICATION_ERROR V1_WRONG_PULSE_FIGURE V1_WRONG_FLOW_DIRECTION',
    })
  })

  it('says no temperature where the meter has no sensor, and every other', () => {
    equal(fieldsOfRecords(METER, '0259 5046').flow_temperature_c, undefined)
    equal(fieldsOfRecords(METER, '0259 4f46').flow_temperature_c, '179.99')
    equal(fieldsOfRecords(METER, '0259 0080').flow_temperature_c, undefined)
  })

  it('names each bit of the info code', () => {
    equal(fieldsOfRecords(METER, `02fd17 ${bitOf(6, 2)}`).status, 'LEAKAGE_COLD_WATER')
    equal(fieldsOfRecords(METER, `02fd17 ${bitOf(12, 2)}`).status, 'V1_AIR')
  })
})
