// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { commandFilter } from '../../modules/delivery/topics.js'
import { testTwin } from '../../twin/virtual.js'

const WATER = '12345678'

describe('commands that the broker refuses', () => {
  it('are told in the log, to the portal and in network_quality, until they get through', async () => {
    const { clock, twin, broker, log, ask, online } = testTwin()
    broker.subscribeCode = 0x80
    await online()
    ok(log.some((line) => line.includes('the broker refuses the commands of 1234567, code 0x80')))
    const { firmware } = twin
    equal(firmware.brokerRefusesCommands, true)
    match(firmware.networkQuality(), /&commands=refused$/)
    broker.subscribeCode = 0
    await clock.run(120_000)
    deepEqual(await ask('ping'), ['ping'])
    equal(firmware.brokerRefusesCommands, false)
    ok(!firmware.networkQuality().includes('commands='))
    twin.close()
  })

  it('are told under the number whose commands get through, where only another is refused', async () => {
    const { clock, twin, broker, ask } = testTwin({ BLE: '1', WATER_METERS: `${WATER}:${'0'.repeat(32)}` })
    broker.refused.add(commandFilter(WATER))
    twin.start()
    await clock.run(30_000)
    match((await ask('network_quality'))[0]!, /&commands=refused$/)
    twin.close()
  })
})
