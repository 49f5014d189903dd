// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import { EXAMPLE_KEY } from '../../modules/codec/master-key.js'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { ProvisionStore } from '../../modules/storage/provision.js'
import { Slots } from '../../modules/storage/slots.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testTwin } from '../../twin/virtual.js'
import { FullStorage } from '../support/full-storage.js'
import { FakeNetwork, get, post } from '../support/portal.js'

const KEY = 'b1c0a5e2f47d3968805e1f6a9c2b7d43'
const MINUTE = 60_000
const SETUP = '/wifi/wifi_setup.tpl'
const FORM = 'essid=twin&passwd=simulated&mqtthost=broker'

interface Options {
  readonly storage?: MemoryStorage
  readonly fresh?: boolean
  readonly flags?: Readonly<Record<string, string>>
  /** The image brings no key. */
  readonly isCommon?: boolean
}

/** A device with a portal, and a phone in its network. */
function device({ storage = new MemoryStorage(), fresh = true, flags = {}, isCommon = true }: Options = {}) {
  const network = new FakeNetwork()
  const portal = { listener: network, port: 80, udp: undefined, host: undefined, clients: undefined }
  const key = isCommon ? { ownKey: fromHex(KEY)! } : {}
  const world = testTwin(
    { SERIAL: '9999999', ...(!isCommon && { KEY }), ...flags },
    { ...key, storage, fresh, portal, meterSerial: 1234567 },
  )
  const { clock, twin } = world
  return {
    ...world,
    storage,
    isPortalOpen: () => network.isListening,
    password: () => twin.wifi.accessPointOptions?.password ?? '',
    /** The whole answer. */
    async ask(request: string): Promise<string> {
      const peer = network.connect()
      peer.send(request)
      await clock.run(1_000)
      return peer.received
    },
  }
}

const hasKeyField = (page: string) => page.includes('name="key"')

describe('a device whose image brings no key', () => {
  it('opens a set-up network with a random password, which it says, and sends nothing', async () => {
    const { twin, clock, broker, log, password, isPortalOpen } = device({ fresh: false })
    twin.start()
    await clock.run(30 * MINUTE)
    ok(isPortalOpen())
    match(password(), /^[0-9a-f]{16}$/)
    ok(log.some((line) => line === `no key yet: set it up in the Wi-Fi network KAM_1234567, password ${password()}`))
    const { connections } = broker
    equal(connections, 0)
    const before = password()
    twin.powerCut(1_000)
    await clock.run(30_000)
    ok(before !== password())
    twin.close()
  })

  it('takes the key once, with the network, publishes, and goes on with it after a restart', async () => {
    const { twin, clock, log, storage, ask, messages, password } = device()
    twin.start()
    await clock.run(30_000)
    const random = password()
    const page = await ask(get(SETUP))
    ok(hasKeyField(page))
    match(page, /role="alert">This device has no key yet/)
    await ask(post('/wifi/setup.cgi', `${FORM}&key=${KEY.toUpperCase()}`))
    await clock.run(2 * MINUTE)
    ok(messages('sample').length > 0)
    match(await ask(get('/wifi/setting_up.html')), /readings go to the broker/)
    ok(!hasKeyField(await ask(get(SETUP))))
    ok(!log.join('\n').includes(KEY))
    equal(password(), random)
    equal(storage.writes('provision'), 1)

    await ask(post('/wifi/setup.cgi', `${FORM}&key=${'ab'.repeat(16)}`))
    await clock.run(MINUTE)
    deepEqual(new ProvisionStore(storage).values, { key: KEY })

    const sampled = messages('sample').length
    twin.powerCut(1_000)
    await clock.run(30_000)
    equal(password(), KEY.slice(0, 16))
    await clock.run(3 * MINUTE)
    ok(messages('sample').length > sampled)
    equal(storage.writes('provision'), 1)
    twin.close()
  })

  it('takes no key that is none or that everybody knows, nor a form without', async () => {
    const { twin, clock, storage, ask } = device()
    twin.start()
    await clock.run(30_000)
    for (const key of ['', 'xyz', KEY.slice(1), `${KEY}0`, '0'.repeat(32), EXAMPLE_KEY]) {
      const answer = await ask(post('/wifi/setup.cgi', `${FORM}&key=${key}`))
      match(answer, /^HTTP\/1.1 400 [\s\S]*has 32 hexadecimal digits, and is none of the examples/)
      ok(key === '' || !answer.includes(`"${key}"`))
    }
    deepEqual(new ProvisionStore(storage).values, {})
    twin.close()
  })

  it('stores no key with a network that cannot be joined, unless it is told to', async () => {
    const { twin, clock, storage, ask, messages } = device({ fresh: false })
    twin.start()
    await clock.run(30_000)
    await ask(post('/wifi/setup.cgi', `essid=twin&passwd=wrong-one&key=${KEY}`))
    await clock.run(MINUTE)
    deepEqual(new ProvisionStore(storage).values, {})
    const page = await ask(get('/wifi/setting_up.html'))
    ok(!page.toLowerCase().includes(KEY))
    const trial = /name="trial" value="(\d+)"/.exec(page)![1]
    await ask(post('/wifi/keep.cgi', `trial=${trial}`))
    deepEqual(new ProvisionStore(storage).values, { key: KEY })
    // The network before is still the second choice.
    await clock.run(2 * MINUTE)
    ok(messages('sample').length > 0)
    twin.close()
  })

  it('goes by the number that was entered until the meter has told its own', async () => {
    const { twin, clock, ask, messages } = device()
    twin.line.faults.silent = true
    twin.start()
    await clock.run(30_000)
    equal(twin.serial, '9999999')
    match(await ask(post('/wifi/setup.cgi', `${FORM}&key=${KEY}&serial=12ab`)), /^HTTP\/1.1 400/)
    await ask(post('/wifi/setup.cgi', `${FORM}&key=${KEY}&serial=700001`))
    await clock.run(MINUTE)
    equal(twin.serial, '0700001')
    ok(messages('version').every(({ serial }) => serial === '0700001'))
    twin.powerCut(1_000)
    await clock.run(MINUTE)
    equal(twin.serial, '0700001')
    twin.line.faults.silent = false
    await clock.run(3 * MINUTE)
    equal(twin.serial, '1234567')
    ok(messages('sample').length > 0)
    twin.close()
  })

  it('keeps no key that flash does not take', async () => {
    const storage = new FullStorage()
    const { twin, clock, ask, messages } = device({ storage })
    twin.start()
    await clock.run(30_000)
    storage.isFull = true
    await ask(post('/wifi/setup.cgi', `${FORM}&key=${KEY}`))
    await clock.run(2 * MINUTE)
    equal(messages('sample').length, 0)
    const page = await ask(get(SETUP))
    ok(hasKeyField(page))
    match(page, /The flash refuses to store settings/)
    storage.isFull = false
    await ask(post('/wifi/setup.cgi', `${FORM}&key=${KEY}`))
    await clock.run(2 * MINUTE)
    ok(messages('sample').length > 0)
    twin.close()
  })

  it('goes on with the key, the number and the update key of the image before', async () => {
    const storage = new MemoryStorage()
    const UPDATE_KEY = '0a'.repeat(64)
    const first = device({ storage, flags: { SERIAL: '7654321', UPDATE_KEY }, isCommon: false, fresh: false })
    await first.online()
    first.twin.close()
    deepEqual(new ProvisionStore(storage).values, { key: KEY, provisionedSerial: '7654321', updateKey: UPDATE_KEY })

    const common = device({ storage, flags: { IMPULSE: '1' } })
    await common.online()
    equal(common.twin.serial, '7654321')
    match(await common.ask(get('/device')), /^HTTP\/1.1 200/)
    equal(storage.writes('provision'), 1)
    common.twin.close()
  })

  it('starts as it was provisioned over the cable', async () => {
    const storage = new MemoryStorage()
    new ProvisionStore(storage).update({ key: KEY, provisionedSerial: '7000001' })
    new Slots(storage, 'settings').write(
      encodeUtf8(JSON.stringify({ ssid: 'twin', password: 'simulated', mqttHost: 'broker' })),
    )
    const { twin, clock, messages, password } = device({ storage, flags: { IMPULSE: '1' } })
    twin.start()
    await clock.run(30_000)
    equal(password(), KEY.slice(0, 16))
    ok(messages('version').length > 0)
    equal(twin.serial, '7000001')
    twin.close()
  })
})

describe('a device whose image brings a key', () => {
  it('uses that one, stores it once, and asks for none', async () => {
    const storage = new MemoryStorage()
    new ProvisionStore(storage).update({ key: 'ab'.repeat(16), provisionedSerial: '7000001' })
    for (let start = 0; start < 2; start++) {
      const { twin, ask, online } = device({ storage, isCommon: false, fresh: false })
      await online()
      ok(!hasKeyField(await ask(get(SETUP))))
      twin.close()
    }
    deepEqual(new ProvisionStore(storage).values, { key: KEY, provisionedSerial: '7000001' })
    equal(storage.writes('provision'), 2)
  })
})
