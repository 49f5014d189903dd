import { deepEqual, equal, ok } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import { Portal } from '../../modules/portal/portal.js'
import { testClock } from '../support/clock.js'
import { FakeDevice, FakeNetwork, get, HOST } from '../support/portal.js'

const MINUTE = 60_000
const QUERY = fromHex('abcd0100000100000000000001610000010001')!

function power(ssid: string, { isPowerOn = true, window = 120_000, name = 'KAM_7654321' } = {}) {
  const clock = testClock()
  const device = new FakeDevice()
  device.now.ssid = ssid
  const network = new FakeNetwork()
  const networks: string[] = []
  const clients: boolean[] = []
  const lights: boolean[] = []
  const address = { now: HOST }
  const portal = new Portal({
    clock,
    device,
    update: undefined,
    window,
    address: () => address.now,
    binding: { listener: network, port: 80, udp: network, host: undefined, clients: undefined },
    openNetwork: (opened) => networks.push(opened),
    closeNetwork: () => networks.push('closed'),
    onClient: (isThere) => clients.push(isThere),
    onOpen: (isOpen) => lights.push(isOpen),
    log() {},
  })
  portal.name = name
  portal.start(isPowerOn)
  return { clock, device, network, portal, networks, clients, lights, address }
}

describe('the portal', () => {
  it('serves the set-up network alone, also after that has moved', async () => {
    const { clock, network, address } = power('')
    const closed = (from: string) => {
      const peer = network.connect(from)
      return peer.isClosed
    }
    deepEqual(['192.168.4.2', '192.168.1.2', '10.0.7.2', '192.168.40.2'].map(closed), [false, true, true, true])
    address.now = '10.0.7.1'
    deepEqual(['192.168.4.2', '10.0.7.2'].map(closed), [true, false])
    const phone = network.connect('10.0.7.2')
    phone.send('GET / HTTP/1.1\r\nHost: example.org\r\n\r\n')
    await clock.run(10)
    ok(phone.received.includes('Location: http://10.0.7.1/\r\n'))
  })

  it('is open for 120 s after power-on, also when the stored network works at once', async () => {
    const { clock, device, network, portal, networks, lights } = power('Hjemme')
    device.now.network = 'Hjemme'
    ok(portal.isOpen && network.isListening && network.isOpen)
    await clock.run(119_000)
    ok(portal.isOpen)
    await clock.run(2_000)
    ok(!portal.isOpen && !network.isListening && !network.isOpen)
    deepEqual(networks, ['KAM_7654321', 'closed'])
    deepEqual(lights, [true, false])
    device.now.network = undefined
    await clock.run(60 * MINUTE)
    ok(!portal.isOpen)
  })

  it('is open for 2 s with the short time', async () => {
    const { clock, device, portal } = power('Hjemme', { window: 2_000 })
    device.now.network = 'Hjemme'
    await clock.run(3_000)
    ok(!portal.isOpen)
  })

  it('stays open without a network until one works', async () => {
    const { clock, device, portal } = power('')
    await clock.run(60 * MINUTE)
    ok(portal.isOpen)
    device.now.ssid = 'Hjemme'
    await clock.run(60 * MINUTE)
    ok(portal.isOpen)
    device.now.network = 'Hjemme'
    await clock.run(2_000)
    ok(!portal.isOpen)
  })

  it('does not open when the device restarts itself, unless its network does not work', async () => {
    const works = power('Hjemme', { isPowerOn: false })
    works.device.now.network = 'Hjemme'
    await works.clock.run(60 * MINUTE)
    deepEqual(works.networks, [])
    const fails = power('Hjemme', { isPowerOn: false })
    await fails.clock.run(119_000)
    ok(!fails.portal.isOpen)
    await fails.clock.run(2_000)
    ok(fails.portal.isOpen)
    ok(power('', { isPowerOn: false }).portal.isOpen)
  })

  it('waits for who looks at it, but not for ever', async () => {
    const { clock, device, network, portal } = power('Hjemme')
    device.now.network = 'Hjemme'
    for (let i = 0; i < 5; i++) {
      await clock.run(MINUTE)
      network.ask(get('/meter'))
    }
    await clock.run(9 * MINUTE)
    ok(portal.isOpen)
    // A phone that was left in the network asks for the Internet, and a page that was left open for networks.
    for (let i = 0; i < 50; i++) {
      network.ask('GET /generate_204 HTTP/1.1\r\nHost: connectivitycheck.gstatic.com\r\n\r\n')
      network.ask(get('/wifi/wifiscan.cgi'))
      await clock.run(1_300)
    }
    ok(!portal.isOpen)
  })

  it('tells when somebody is there and when nobody is any more', async () => {
    const { clock, network, clients } = power('')
    network.datagram(QUERY)
    network.ask(get('/'))
    deepEqual(clients, [true])
    await clock.run(30_000)
    network.datagram(QUERY)
    await clock.run(59_000)
    deepEqual(clients, [true])
    await clock.run(2_000)
    deepEqual(clients, [true, false])
  })

  it('answers the names that its guests ask for', () => {
    const { network } = power('')
    network.datagram(QUERY)
    const { bytes, address, port } = network.sent[0]!
    deepEqual([...bytes.subarray(-4)], [192, 168, 4, 1])
    deepEqual([address, port], ['192.168.4.2', 5353])
    network.datagram(new Uint8Array(3))
    equal(network.sent.length, 1)
  })

  it('is not there for the network the station is in', () => {
    const { network, clients } = power('')
    network.datagram(QUERY, '10.0.0.7')
    equal(network.ask(get('/'), '10.0.0.7'), '')
    equal(network.sent.length, 0)
    deepEqual(clients, [])
  })

  it('opens once the device has a name, and follows it while nobody is there', async () => {
    const { clock, network, portal, networks } = power('', { name: '' })
    await clock.run(5_000)
    ok(!portal.isOpen)
    portal.name = 'KAM_9999999'
    ok(portal.isOpen)
    portal.name = 'KAM_7654321'
    deepEqual(networks, ['KAM_9999999', 'closed', 'KAM_7654321'])
    network.ask(get('/'))
    portal.name = 'KAM_1111111'
    equal(networks.length, 3)
    ok(portal.isOpen)
  })

  it('tries again where it cannot open', async () => {
    const { clock, network, portal, networks } = power('', { name: '' })
    const listen = network.listen
    network.listen = () => {
      throw new Error('no socket')
    }
    portal.name = 'KAM_7654321'
    await clock.run(3_000)
    ok(!portal.isOpen && !network.isOpen)
    ok(!networks.includes('closed'), 'the set-up network, which may only be coming up, is left open')
    network.listen = listen
    await clock.run(2_000)
    ok(portal.isOpen)
    equal(networks.at(-1), 'KAM_7654321')
  })

  it('closes for good when it is stopped', async () => {
    const { clock, network, portal } = power('')
    portal.stop()
    await clock.run(MINUTE)
    ok(!portal.isOpen && !network.isListening)
  })
})
