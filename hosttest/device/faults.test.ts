import { deepEqual, equal } from 'node:assert/strict'
import { Faults } from '../../modules/device/faults.js'

describe('faults of the device', () => {
  it('are told once each', () => {
    const log: string[] = []
    const faults = new Faults((text) => log.push(text))
    for (let i = 0; i < 1_000; i++) {
      equal(faults.isOk('esp_wifi_start', 0x3001), false)
      faults.report('writing tags.a', new Error('nvs set fail'))
    }
    equal(faults.isOk('esp_wifi_stop', 0), true)
    deepEqual(log, ['fault: esp_wifi_start: error 12289', 'fault: writing tags.a: Error: nvs set fail'])
  })
})
