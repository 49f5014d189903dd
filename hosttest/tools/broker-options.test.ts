// node only
import { deepEqual, equal, ok, throws } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrokerOptions, brokerAccess } from '../../tools/broker-options.js'

describe('the password of a broker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'broker-'))
  const passwordFile = join(folder, 'password')
  before(() => writeFileSync(passwordFile, 'from a: file\n'))
  afterEach(() => delete process.env.BROKER_PASSWORD)
  after(() => rmSync(folder, { recursive: true }))

  const credentials = (options: BrokerOptions) => {
    const { user, password } = brokerAccess(options)
    return [user, password]
  }

  it('comes from a file, from the environment or out of the URL, for the user of the URL', () => {
    deepEqual(credentials({ broker: 'mqtt://me@host', passwordFile }), ['me', 'from a: file'])
    deepEqual(credentials({ broker: 'mqtt://me:p%40ss@host' }), ['me', 'p@ss'])
    deepEqual(credentials({ broker: 'mqtt://host' }), [undefined, undefined])
    process.env.BROKER_PASSWORD = 'from outside'
    deepEqual(credentials({ broker: 'mqtt://me@host' }), ['me', 'from outside'])
    deepEqual(credentials({ broker: 'mqtt://me:mine@host' }), ['me', 'mine'])
    deepEqual(credentials({ broker: 'mqtt://me@host', passwordFile }), ['me', 'from a: file'])
    deepEqual(credentials({ broker: 'mqtt://host' }), [undefined, undefined])
  })

  it('that is of no use or cannot be is refused, and never shown', () => {
    for (const [options, reason] of [
      [{ broker: 'mqtt://host', passwordFile }, /names no user, as in mqtt:\/\/user@host/],
      [{ broker: 'mqtt://me:secret@host', passwordFile }, /has a password already/],
      [{ broker: 'mqtt://me:secret%zz@host' }, /a % without two hex digits/],
      [{ broker: 'http://me:secret@host' }, /expected mqtt:\/\/host:port/],
      [{ broker: 'mqtt://me@host', passwordFile: '/nowhere/file' }, /no such file/],
    ] as const)
      throws(
        () => brokerAccess(options),
        (error: Error) => reason.test(error.message) && !error.message.includes('secret'),
      )
    equal(brokerAccess({ broker: 'mqtt://me:secret@host:1884' }).shown, 'mqtt://me:***@host:1884')
    ok(brokerAccess({ broker: 'mqtt://host' }).port === 1883)
  })
})

describe('the URL of a broker', () => {
  it('says whether there is TLS, and which port is usual', () => {
    const access = (broker: string) => {
      const { host, port, isSecure, ca } = brokerAccess({ broker })
      return [host, port, isSecure, ca]
    }
    deepEqual(access('mqtt://host'), ['host', 1883, false, undefined])
    deepEqual(access('mqtts://host'), ['host', 8883, true, undefined])
    deepEqual(access('mqtts://me@host:1'), ['host', 1, true, undefined])
    throws(() => brokerAccess({ broker: 'mqtt://host', ca: 'x' }), /--ca: TLS needs mqtts:\/\//)
  })
})
