// node only
import { deepEqual, equal } from 'node:assert/strict'
import { needsMachine } from '../xs/needs-machine.js'
import { runNetwork } from './network-run.js'

const IMPORTS = `import Time from 'time'
import TCP from 'embedded:io/socket/tcp'
const now = () => Math.round(Time.ticks / 100) / 10
const text = (buffer) => buffer && String.fromCharCode(...new Uint8Array(buffer))
const bytes = (text) => Uint8Array.from(text, (character) => character.charCodeAt(0))
/** A connection to the host, which traces what it is told. */
const open = (more = {}) => new TCP({
  address: '203.0.113.9',
  port: 7,
  onReadable(count) { say('readable', count, text(this.read())) },
  onWritable(count) { say('writable', count) },
  onError() { say('error', now()) },
  ...more,
})`

describe('the stand-in for the SDK’s TCP', function () {
  needsMachine(this)

  it('writes what fits, once it is connected, and tells of room as it is acknowledged', async () => {
    const { traced, result } = await runNetwork(
      IMPORTS,
      `join(() => {
    const tcp = open()
    say(attempt(() => tcp.write(bytes('x'))))
    Timer.set(() => {
      say(tcp.write(bytes('hello')))
      say(attempt(() => tcp.write(new Uint8Array(8_188))))
      say(tcp.write(new Uint8Array(8_187)))
    }, 500)
  })`,
      `await clock.run(5_000)
  return [got[0].slice(0, 5), got.join('').length]`,
    )
    deepEqual(traced, ['Error: not ready', 'writable 8192', '8187', 'Error: would block', '0', 'writable 8192'])
    deepEqual(result, ['hello', 8192])
  })

  it('reads what is there, and nothing as nothing', async () => {
    const { traced } = await runNetwork(
      IMPORTS,
      `join(() => open({
    onReadable(count) {
      say(count, attempt(() => this.read(count + 1)), attempt(() => this.read(0)))
      say(text(this.read(2)), this.read(new Uint8Array(1)), text(this.read()), this.read())
      say(this.remoteAddress, this.remotePort)
      this.format = 'number'
      this.write(33)
    },
  }))`,
      `await clock.run(4_000)
  send('abcde')
  await clock.run(1_000)
  say(got)`.replace('say(got)', 'return got'),
    )
    deepEqual(traced, [
      'writable 8192',
      '5 Error: invalid Error: invalid',
      'ab 1 de undefined',
      '203.0.113.9 7',
      'writable 8192',
    ])
  })

  it('tells of an error when everything was read, and writes nothing from then on', async () => {
    const { traced } = await runNetwork(
      IMPORTS,
      `join(() => {
    const tcp = open({
      onReadable(count) {
        say('readable', count, text(this.read(3)), attempt(() => this.write(bytes('x'))))
        Timer.set(() => say(text(this.read())), 1_000)
      },
    })
  })`,
      `await clock.run(4_000)
  send('abcde')
  ends[0].close()
  await clock.run(3_000)`,
    )
    deepEqual(traced, ['writable 8192', 'readable 5 abc Error: not ready', 'de', 'error 5'])
  })

  it('answers a write with undefined when the connection is gone and nobody was told yet', async () => {
    const { traced } = await runNetwork(
      IMPORTS,
      `join(() => open({
    onReadable() {
      this.read()
      Timer.set(() => say(this.write(bytes('x'))), 20)
    },
  }))`,
      `await clock.run(4_000)
  send('a')
  clock.set(() => host.cut(), 20)
  await clock.run(1_000)`,
    )
    deepEqual(traced, ['writable 8192', 'undefined', 'error 4'])
  })

  it('ends a connection with the twenty-fourth segment that nobody has acknowledged, though there is room', async () => {
    const { traced, result } = await runNetwork(
      IMPORTS,
      `join(() => {
    const tcp = open({ onWritable() {}, onError() { say('error', now()); this.close() } })
    let writes = 0
    const write = () => {
      const room = tcp.write(new Uint8Array(300))
      writes++
      if (room === undefined) say('write', writes)
      else if (writes < 30) Timer.set(write, 10)
      if (writes === 23) say('room', room)
    }
    // What is written in one turn is one segment.
    Timer.set(() => {
      for (let i = 0; i < 30; i++) tcp.write(new Uint8Array(10))
    }, 500)
    Timer.set(write, 1_000)
  })`,
      `await clock.run(3_700)
  host.passing = false
  await clock.run(1_000)
  host.passing = true
  await clock.run(60_000)
  return got.filter((part) => part !== 'fin').join('').length`,
    )
    deepEqual(traced, ['room 1292', 'write 24', 'error 4.2'])
    // What lwIP has it delivers.
    equal(result, 300 + 23 * 300)
  })

  it('tells nothing more once it was closed within a callback, and throws then', async () => {
    const { traced, result } = await runNetwork(
      IMPORTS,
      `join(() => open({
    onReadable() {
      this.read()
      this.write(bytes('bye'))
      this.close()
      this.close()
      say(attempt(() => this.write(bytes('x'))), attempt(() => this.read()), attempt(() => this.remoteAddress))
    },
  }))`,
      `await clock.run(4_000)
  send('a')
  send('b')
  await clock.run(1_000)
  return got`,
    )
    const gone = 'SyntaxError: C: xsGetHostData: no host data'
    deepEqual(traced, ['writable 8192', `${gone} ${gone} ${gone}`])
    deepEqual(result, ['bye', 'fin'])
  })

  it('resets the connection when it is closed with something unread', async () => {
    const { result } = await runNetwork(
      IMPORTS,
      `join(() => open({
    onReadable() {
      this.write(bytes('an answer'))
      this.close()
    },
  }))`,
      `await clock.run(4_000)
  send('a question')
  await clock.run(1_000)
  return got`,
    )
    deepEqual(result, ['abort'])
  })

  it('hears at once of a refusal, and after ten seconds that nobody answers', async () => {
    const { traced } = await runNetwork(
      IMPORTS,
      `join(() => {
    open({ port: 8, onError() { say('refused', now()) } })
    open({ address: '203.0.113.10', onError() { say('nobody', now()) } })
    say(attempt(() => open({ address: 'host' })), attempt(() => open({ port: 70_000 })), attempt(() => open({ port: undefined })))
  })`,
      'await clock.run(60_000)',
    )
    deepEqual(traced, ['Error: invalid address RangeError: invalid port Error: invalid', 'refused 3', 'nobody 12.5'])
  })

  it('throws without a network, is sent nowhere by the access point, and without a way never tells anything', async () => {
    const { traced } = await runNetwork(
      `${IMPORTS}\nimport FFI from 'mc/ffi'`,
      `join(() => {
    const esp = new FFI()
    esp.esp_netif_dhcpc_stop(esp.esp_netif_get_handle_from_ifkey('WIFI_STA_DEF'))
    open({ onError() { say('without an address', now()) } })
  })
  Timer.set(() => WiFi.connect(), 40_000)
  Timer.set(() => say(attempt(() => open())), 41_000)
  Timer.set(() => WiFi.accessPoint({ ssid: 'own', station: true }), 42_000)
  Timer.set(() => open({ onError() { say('by the access point', now()) } }), 43_000)`,
      'await clock.run(120_000)',
    )
    deepEqual(traced, ['Error: no network', 'by the access point 52.5'])
  })

  it('loses its connections with the station’s address', async () => {
    const { traced } = await runNetwork(
      IMPORTS,
      'join(() => open())',
      `await clock.run(4_000)
  air.inRange = false
  await clock.run(7_000)
  air.inRange = true`,
    )
    deepEqual(traced, ['writable 8192', 'error 10'])
  })

  it('sends again what was lost, ever more seldom, and gives up after nineteen minutes', async () => {
    const { traced, result } = await runNetwork(
      IMPORTS,
      `join(() => {
    const tcp = open()
    Timer.set(() => tcp.write(bytes('lost')), 1_000)
    Timer.set(() => tcp.write(bytes('for ever')), 60_000)
  })`,
      `await clock.run(3_500)
  host.passing = false
  await clock.run(10_000)
  host.passing = true
  await clock.run(10_000)
  const before = [...got]
  host.passing = false
  await clock.run(3_600_000)
  return before`,
    )
    deepEqual(result, ['lost'])
    deepEqual(traced, ['writable 8192', 'writable 8192', 'error 1214'])
  })

  it('gets a stream through a network that loses three of ten packets', async () => {
    const { result } = await runNetwork(
      IMPORTS,
      `join(() => {
    let sent = 0
    open({
      onReadable() { this.read() },
      onWritable(count) {
        while (sent < 20 && count >= 1_000) count = this.write(new Uint8Array(1_000).fill(65 + sent++))
      },
    })
  })`,
      `host.loss = 0.3
  await clock.run(600_000)
  return [got.join('').length, [...new Set(got.join(''))].join('')]`,
    )
    deepEqual(result, [20_000, 'ABCDEFGHIJKLMNOPQRST'])
  })

  it('keeps nothing of connections that are gone', async () => {
    const { result } = await runNetwork(
      IMPORTS,
      `join(() => {
    const again = () => {
      const tcp = open({ onWritable() { this.write(bytes('x')); this.close() } })
      Timer.set(again, 1_000)
    }
    again()
  })`,
      `await clock.run(10_000)
  collect()
  const before = stat(2)
  await clock.run(100_000)
  collect()
  return [ends.length > 100, stat(2) - before < 50]`,
    )
    deepEqual(result, [true, true])
  })

  it('has room for eight connections', async () => {
    const { traced } = await runNetwork(
      IMPORTS,
      `join(() => {
    const all = Array.from({ length: 8 }, () => open({ onWritable() {} }))
    say(attempt(() => open()))
    Timer.set(() => {
      all[0].close()
      say(typeof attempt(() => open({ onWritable() { say('the ninth') } })))
    }, 1_000)
  })`,
      'await clock.run(10_000)',
    )
    deepEqual(traced, ['RangeError: no socket', 'object', 'the ninth'])
  })

  it('reads memory that is not there for the address of one that is gone', async () => {
    const { faults, aborts } = await runNetwork(
      IMPORTS,
      `join(() => open({
    onError() { say(this.remoteAddress) },
  }))`,
      `await clock.run(4_000)
  host.cut()
  await clock.run(100)`,
    )
    deepEqual(faults, ['remoteAddress of a connection that is gone'])
    equal(aborts.length, 0)
  })

  it('closes twice what the network has ended twice', async () => {
    const { faults } = await runNetwork(
      IMPORTS,
      `join(() => open({
    onError() { Timer.set(() => this.close(), 1_000) },
  }))`,
      `await clock.run(4_000)
  ends[0].close()
  await clock.run(100)
  ends[0].abort()
  await clock.run(2_000)`,
    )
    deepEqual(faults, ['use after free: tcp_close of a connection that is gone'])
  })
})
