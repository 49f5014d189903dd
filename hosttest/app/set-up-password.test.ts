// node only
import { deepEqual } from 'node:assert/strict'
import { testTwin } from '../../twin/virtual.js'
import { FakeNetwork } from '../support/portal.js'

const KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'

/** The set-up network of a device as it leaves the factory, and after its user has chosen a password. */
async function passwords(flags: Record<string, string>): Promise<(string | undefined)[]> {
  const listener = new FakeNetwork()
  const portal = { listener, port: 80, udp: undefined, host: undefined, clients: undefined }
  const { clock, twin } = testTwin({ KEY, ...flags }, { fresh: true, portal })
  twin.start()
  await clock.run(30_000)
  const before = twin.wifi.accessPointOptions?.password
  twin.firmware.settings.update({ portalPassword: 'my own words' })
  twin.powerCut(1_000)
  await clock.run(30_000)
  const after = twin.wifi.accessPointOptions?.password
  twin.close()
  return [before, after]
}

describe('the password of the set-up network', () => {
  it('is the first half of the key, that of the build, or that of the user, who goes first', async () => {
    deepEqual(await passwords({}), [KEY.slice(0, 16), 'my own words'])
    deepEqual(await passwords({ SETUP_PASSWORD: 'of the build' }), ['of the build', 'my own words'])
  })
})
