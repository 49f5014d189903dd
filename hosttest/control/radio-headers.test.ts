// node only
import { deepEqual } from 'node:assert/strict'
import { testTwin } from '../../twin/virtual.js'

describe('record headers of radio meters that a command names', () => {
  it('are stored as they are written, without the blanks around them', async () => {
    const { online, ask } = testTwin({ BLE: '1' })
    await online()
    deepEqual(await ask('set_radio_headers', ' 0413, 0259? '), ['set_radio_headers 0413, 0259?'])
    deepEqual(await ask('radio_headers'), ['radio_headers 0413, 0259?'])
  })

  it('are refused with the reason where one is wrong, and those before stay', async () => {
    const { online, ask } = testTwin({ BLE: '1' })
    await online()
    await ask('set_radio_headers', '0413')
    deepEqual(await ask('set_radio_headers', '0259,04'), [
      'set_radio_headers refused: header 2: it does not end with a whole record header',
    ])
    deepEqual(await ask('radio_headers'), ['radio_headers 0413'])
  })
})
