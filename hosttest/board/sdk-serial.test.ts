import { deepEqual, equal, ok } from 'node:assert/strict'
import { needsMachine } from '../xs/needs-machine.js'
import { play } from './hardware-run.js'

describe('embedded:io/serial, as the board rig has it', function () {
  needsMachine(this)

  const imports = `import Serial from 'embedded:io/serial'\nimport { invoke } from 'board/ffi'\nimport Timer from 'timer'\nimport Time from 'time'`
  const meter = `
    const line = uarts.connect(2, seededRandom(1))
    const sends = (count, delay, settings = { baud: 1200, stopBits: 2 }) =>
      line.send(Uint8Array.from({ length: count }, (_, i) => i), delay, settings)`

  it('wants pins that are free, a port, a speed and a format that it has', async () => {
    const { told } = await play({
      imports,
      main: `
        const open = (options) => thrown(() => { new Serial({ receive: 16, transmit: 17, baud: 1200, ...options }) })
        tell(open({ port: 3 }), open({ baud: 0 }), open({ format: 'string' }), open({ onReadable: 1 }))
        tell(open({ port: 2, onReadable() {} }), open({ port: 1 }), open({ receive: 30, transmit: 18 }))
        tell(thrown(() => { new Serial({ port: 1, baud: 1200 }) }), open({ receive: undefined, transmit: 18 }))`,
    })
    deepEqual(told, [
      ['RangeError: invalid port', 'RangeError: invalid baud', 'RangeError: invalid format', 'Error: not a function'],
      ['nothing thrown', 'Error: in use', 'Error: in use'],
      ['Error: invalid', 'Error: invalid'],
    ])
  })

  it('tells of what has come after a pause of 4 characters or at its mark of 96, and once until it was read', async () => {
    const { told } = await play({
      imports,
      main: `
        const serial = new Serial({ port: 2, receive: 16, transmit: 17, baud: 1200, onReadable(count) {
          tell(count, Time.ticks)
          if (count !== 3) serial.read()
        } })`,
      world: `${meter}
        hardware.powerOn()
        sends(3, 0, { baud: 1200, stopBits: 1 })
        sends(1, 100, { baud: 1200, stopBits: 1 })
        sends(100, 1_000, { baud: 1200, stopBits: 1 })
        await clock.run(3_000)`,
    })
    // 3 and 1 characters of 10 bits and 40 bits of pause; 96 characters, and the rest with its pause.
    const bit = 1000 / 1200
    const near = [
      [3, 70 * bit],
      [4, 100 + 50 * bit],
      [96, 1000 + 960 * bit],
      [4, 1000 + 1040 * bit],
    ]
    deepEqual(
      told.map(([count]) => count),
      near.map(([count]) => count),
    )
    for (const [i, [, at]] of near.entries()) ok(Math.abs(told[i][1] - at!) <= 1, `${told[i][1]} is not ${at}`)
  })

  it('loses what comes while its 128 bytes are full', async () => {
    const { told, lines } = await play({
      imports,
      main: `
        const serial = new Serial({ port: 2, receive: 16, transmit: 17, baud: 1200 })
        Timer.set(() => {
          const bytes = new Uint8Array(serial.read())
          tell(bytes.length, bytes[127], serial.read() ?? 'empty')
        }, 2000)`,
      world: `${meter}
        hardware.powerOn()
        sends(140, 0)
        await clock.run(3_000)
        print(String(uarts.lost(2)))`,
    })
    deepEqual(told, [[128, 127, 'empty']])
    deepEqual(lines, ['12'])
  })

  it('writes all or nothing into its FIFO, which empties at the speed of the line', async () => {
    const { told } = await play({
      imports,
      main: `
        const serial = new Serial({ port: 2, receive: 16, transmit: 17, baud: 1200, format: 'buffer' })
        const write = (length) => thrown(() => serial.write(new ArrayBuffer(length)))
        tell(write(129), write(100), write(29), write(28))
        Timer.set(() => tell(write(12), write(11)), 95)`,
      world: 'hardware.powerOn()\nawait clock.run(3_000)',
    })
    deepEqual(told, [
      ['Error: output full', 'nothing thrown', 'Error: output full', 'nothing thrown'],
      ['Error: output full', 'nothing thrown'],
    ])
  })

  it('takes speed and stop bits from ESP-IDF, a shorter pause too, but no other mark', async () => {
    const { told, lines } = await play({
      imports,
      main: `
        const serial = new Serial({ port: 2, receive: 16, transmit: 17, baud: 9600, onReadable(count) {
          tell(count, Time.ticks)
          serial.read()
        } })
        // Bound or not: which of them the firmware uses is its own affair.
        const set = (what, port, value) => invoke('uart_set_' + what, 2, [port, value])
        tell(set('baudrate', 2, 1200), set('stop_bits', 2, 3), set('rx_timeout', 2, 1))
        tell(set('baudrate', 3, 1200), set('stop_bits', 2, 4), set('rx_timeout', 2, 120))
        tell(set('rx_full_threshold', 2, 8), set('rx_full_threshold', 2, 0))
        serial.write(Uint8Array.of(0x55).buffer)`,
      world: `${meter}
        line.attach({ settings: { baud: 1200, stopBits: 2 }, onBytes: (bytes) => print('meter ' + bytes + ' ' + Math.round(clock.now())) })
        hardware.powerOn()
        sends(20, 0)
        await clock.run(1_000)`,
    })
    deepEqual(told[0], [0, 0, 0])
    deepEqual(told[1], [-1, -1, 0x102])
    deepEqual(told[2], [0x103, 0x102])
    // 20 characters of 11 bits, and 16 bits of pause.
    const [count, at] = told.at(-1)!
    equal(count, 20)
    ok(Math.abs(at - (236 * 1000) / 1200) <= 1)
    deepEqual(lines, ['meter 85 9'])
  })

  it('tells of 8 bytes where its interrupts are set so', async () => {
    const { told } = await play({
      imports,
      main: `
        const serial = new Serial({ port: 2, receive: 16, transmit: 17, baud: 1200, onReadable(count) {
          tell(count)
          serial.read()
        } })
        const config = new DataView(new ArrayBuffer(8))
        config.setUint32(0, (1 << 0) | (1 << 8), true)
        config.setUint8(4, 1)
        config.setUint8(6, 8)
        tell(invoke('uart_intr_config', 2, [2, config.buffer]))`,
      world: `${meter}
        hardware.powerOn()
        sends(20, 0)
        await clock.run(1_000)`,
    })
    deepEqual(told, [[0], [8], [8], [4]])
  })

  it('hears rubbish at another speed, and nothing once it is closed', async () => {
    const { told } = await play({
      imports,
      main: `
        const serial = new Serial({ port: 2, receive: 16, transmit: 17, baud: 300, onReadable() {
          tell([...new Uint8Array(serial.read())].every((byte, i) => byte === i))
        } })
        Timer.set(() => {
          serial.close()
          serial.close()
          tell(thrown(() => serial.read()), thrown(() => { new Serial({ port: 2, receive: 16, transmit: 17, baud: 300 }) }))
        }, 1000)`,
      world: `${meter}
        hardware.powerOn()
        sends(20, 0)
        sends(20, 2_000)
        await clock.run(5_000)`,
    })
    deepEqual(told, [[false], ['SyntaxError: C: xsGetHostData: invalid host data', 'nothing thrown']])
  })
})
