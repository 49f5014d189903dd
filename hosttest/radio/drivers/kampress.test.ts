import { deepEqual, equal } from 'node:assert/strict'
import { RadioMeter } from '../../../modules/radio/radio-meter.js'
import { MemoryStorage } from '../../../twin/memory-storage.js'
import { clearFrame, formatB, ZEROS } from '../../wmbus/frames.js'
import { bitOf, decoded, fieldsOfRecords } from '../golden.js'

/** A pressure sensor that is not real. */
const SENSOR = '2d2c785634120118'

describe('kampress', () => {
  // wmbusmeters/wmbusmeters, drivers/src/kampress.xmq.
  it('reads a full and a compact telegram, and says nothing of numbers that nobody knows', () => {
    for (const [telegram, max_pressure_bar] of [
      [
        '32442D2C7856341201188D280080E39322 DB8F78 226966001269670002696600 05FF091954A33A05FF0A99BD823A02FD170800',
        '1.03',
      ],
      ['27442D2C7856341201188D28FE48E39322 E8F179DE735DD3 660066006600 E007883AA7F738BA0800', '1.02'],
    ] as const)
      deepEqual(decoded(telegram), {
        result: 'ok',
        driver: 'kampress',
        fields: { pressure_bar: '1.02', max_pressure_bar, min_pressure_bar: '1.02', status: 'LOW' },
        sample: {},
        info: 'key=right&status=LOW&',
      })
  })

  it('names each bit of the status', () => {
    const names = ['DROP', 'SURGE', 'HIGH', 'LOW', 'TRANSIENT', 'COMM_ERROR', 'ERROR_FLAGS_40']
    for (const [bit, name] of names.entries()) equal(fieldsOfRecords(SENSOR, `02fd17 ${bitOf(bit, 2)}`).status, name)
    equal(fieldsOfRecords(SENSOR, '02fd17 0000').status, 'OK')
  })

  it('gives the device a verdict on its key, and no sample', () => {
    const told: string[] = []
    const meter = new RadioMeter(
      { id: '12345678', key: ZEROS.key },
      {
        storage: new MemoryStorage(),
        crypto: ZEROS.crypto,
        onReading: () => told.push('sample'),
        onInfo: (id, text) => told.push(`${id} ${text}`),
      },
    )
    for (let minute = 0; minute < 8; minute++) {
      const frame = clearFrame(SENSOR, '7802696600')
      frame[13] = 0x10 * minute
      meter.receive(formatB(frame), minute * 60_000)
    }
    deepEqual(told, ['12345678 key=right&'])
  })
})
