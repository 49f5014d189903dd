import { deepEqual, equal, match } from 'node:assert/strict'
import { needsMachine } from '../xs/needs-machine.js'
import { play } from './hardware-run.js'

describe('embedded:io/bluetoothle/central, as the board rig has it', function () {
  needsMachine(this)

  const manifest = 'manifests/devkit-ble.json'
  const imports = `import { GAPClient, GATTClient } from 'embedded:io/bluetoothle/central'\nimport FFI from 'mc/ffi'\nimport Timer from 'timer'`
  const address = '02:00:00:00:18:71/00'
  /** Starts NimBLE, which a client needs. */
  const started = (then: string) => `
    const scanner = new GAPClient({})
    Timer.set(() => { scanner.close(); ${then} }, 1000)`

  it('scans once for each start of NimBLE, which it counts in 8 bits', async () => {
    const { told, lines } = await play({
      imports,
      manifest,
      main: `
        const scan = (name) => new GAPClient({ onReadable() { tell(name, 'hears'); this.close() }, onError() { tell('error') } })
        scan('first')
        Timer.set(() => { const mute = scan('second'); Timer.set(() => mute.close(), 3000) }, 3000)
        Timer.set(() => {
          const nimble = new FFI()
          tell(nimble.nimble_port_stop(), nimble.nimble_port_deinit())
          for (let i = 2; i < 256; i++) new GAPClient({}).close()
          scan('after a restart')
        }, 7000)`,
      world: 'hardware.powerOn()\nawait clock.run(12_000)\nprint(bluetooth.starts + hardware.faults.join())',
    })
    deepEqual(told, [
      ['first', 'hears'],
      [0, 0],
      ['after a restart', 'hears'],
    ])
    deepEqual(lines, ['2'])
  })

  it('crashes where the counter comes round while NimBLE runs', async () => {
    const { lines } = await play({
      imports,
      manifest,
      main: 'Timer.set(() => { for (let i = 0; i < 257; i++) new GAPClient({}).close() }, 1000); new GAPClient({}).close()',
      world: 'hardware.powerOn()\nawait clock.run(1_100)\nprint(hardware.faults.join())',
    })
    match(lines[0]!, /NimBLE is started while it runs/)
  })

  it('keeps advertisements until they are read; one that is no UTF-8 throws at its name alone', async () => {
    const { told, lines } = await play({
      imports,
      manifest,
      main: `
        const scanner = new GAPClient({ onReadable(count) {
          const found = Array.from({ length: count }, () => scanner.read()).find(({ address }) => address.startsWith('0A'))
          if (found === undefined) return
          tell(found.address, found.rssi, [...new Uint8Array(found.get(9))], found.get(7) ?? 'none', thrown(() => found.name))
          tell(scanner.read() ?? 'nothing more')
          scanner.onReadable = undefined
        } })`,
      world: `
        hardware.powerOn()
        await clock.run(1_000)
        bluetooth.advertise('0a:00:00:00:00:01/1', -70, [3, 9, 0xff, 0x41])
        await clock.run(10)`,
    })
    deepEqual(told, [['0A:00:00:00:00:01/01', -70, [0xff, 0x41], 'none', 'TypeError: invalid UTF-8'], ['nothing more']])
    equal(lines.length, 0)
  })

  it('connects, finds, subscribes and reads one request after the other, and closes last', async () => {
    const { told } = await play({
      imports,
      manifest,
      main: started(`
        const client = new GATTClient({
          address: '${address}',
          mtu: 247,
          onReady() {
            tell('ready', client.maximumWrite)
            client.getPrimaryServices(['0000ff00-0000-1000-8000-00805f9b34fb'], (error, [service]) => {
              tell(error, service.uuid)
              client.getCharacteristics(service, ['ff01'], (error, [source]) => {
                tell(error, source.uuid, source.properties & GATTClient.properties.notify)
                client.getDescriptors(source, ['2902'], (error, [configuration]) => {
                  tell(error, configuration.uuid)
                  client.write(configuration, Uint8Array.of(1, 0), (error) => tell('subscribed', error))
                })
              })
            })
            client.getPrimaryServices(['1234'], (error, services) => tell('second', error, services.length))
          },
          onReadable(count) {
            tell('readable', count > 0, client.read().byteLength > 0)
            client.close(() => tell('closed'))
            tell(thrown(() => client.getPrimaryServices(() => {})), client.close() ?? 'no second time')
          },
        })`),
      world: `
        hardware.powerOn()
        concentrator.receiver.hear(new Uint8Array(20), -60)
        await clock.run(5_000)`,
    })
    deepEqual(told, [
      ['ready', 244],
      [null, 'ff00'],
      ['second', null, 0],
      [null, 'ff01', 16],
      [null, '2902'],
      ['subscribed', null],
      ['readable', true, true],
      ['Error: closing', 'no second time'],
      ['closed'],
    ])
  })

  it('never tells that it cannot connect: while it scans, twice at a time, or without NimBLE; close() is lost with it', async () => {
    const { told } = await play({
      imports,
      manifest,
      main: `
        const client = (name) => new GATTClient({ address: '${address}', onReady() { tell(name, 'ready') }, onError() { tell(name, 'error') } })
        tell(thrown(() => { new GATTClient({ address: 'nonsense' }) }))
        const early = client('without NimBLE')
        const scanner = new GAPClient({})
        Timer.set(() => client('while it scans'), 1000)
        Timer.set(() => early.close(() => tell('closed')), 2000)
        Timer.set(() => { scanner.close(); client('first') }, 3000)
        Timer.set(() => client('second'), 5000)`,
      world: 'hardware.powerOn()\nawait clock.run(20_000)',
    })
    deepEqual(told, [['Error: invalid address'], ['first', 'ready']])
  })

  it('cancels whoever connects at the time, when one that waits in vain is closed', async () => {
    const { told } = await play({
      imports,
      manifest,
      main: started(`
        const client = (name) => new GATTClient({ address: '02:00:00:00:00:09/0', onError(error) { tell(name, error.message) } })
        client('first')
        const second = client('second')
        Timer.set(() => second.close(() => tell('closed')), 1000)`),
      world: 'hardware.powerOn()\nawait clock.run(20_000)',
    })
    deepEqual(told, [['first', '9']])
  })

  it('tries for ever to reach who is not there; close() ends that with an error', async () => {
    const { told } = await play({
      imports,
      manifest,
      main: started(`
        const client = new GATTClient({ address: '02:00:00:00:00:09/0', onReady() {}, onError(error) { tell('error', error.message) } })
        Timer.set(() => client.close(() => tell('closed')), 3_600_000)`),
      world: 'hardware.powerOn()\nawait clock.run(3_700_000)',
    })
    deepEqual(told, [['error', '9'], ['closed']])
  })

  it('has no argument for onError at a disconnection, and no answer to some requests after it', async () => {
    const { told } = await play({
      imports,
      manifest,
      main: started(`
        const client = new GATTClient({
          address: '${address}',
          onReady() { client.getPrimaryServices((error, services) => { client.service = services[0] }) },
          onError(...values) {
            tell('error', values.length)
            client.getPrimaryServices((error) => tell('services', error.message))
            client.getCharacteristics(client.service, ['ff01'], (error) => tell('characteristics', error))
            Timer.set(() => client.close(() => tell('closed')), 10_000)
          },
        })`),
      world: `
        hardware.powerOn()
        await clock.run(3_000)
        concentrator.loseLink()
        await clock.run(60_000)`,
    })
    deepEqual(told, [
      ['error', 0],
      ['services', '7'],
    ])
  })

  it('keeps the first buffer of a notification, and crashes at read() without one', async () => {
    const { told, lines } = await play({
      imports,
      manifest,
      main: started(`
        const client = new GATTClient({
          address: '${address}',
          mtu: 247,
          onReady() {
            client.getPrimaryServices(['ff00'], (error, [service]) =>
              client.getCharacteristics(service, ['ff01'], (error, [source]) => client.subscribe(source)))
          },
          onReadable(count) {
            for (let i = 0; i <= count; i++) tell(client.read().byteLength)
          },
        })`),
      world: `
        bluetooth.gatt.packetLength = 27
        hardware.powerOn()
        concentrator.receiver.hear(new Uint8Array(100), -60)
        await clock.run(5_000)
        print(hardware.faults.join())`,
    })
    deepEqual(told[0], [20])
    match(lines[0]!, /read\(\) without a value/)
  })
})
