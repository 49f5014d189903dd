import { deepEqual, equal, ok } from 'node:assert/strict'
import { Concentrator } from '../../modules/ble/concentrator.js'
import { fromHex } from '../../modules/codec/hex.js'
import type { BleConnectOptions, BlePeer, BlePort } from '../../modules/ports/ble.js'
import { type CapturedNotification, SimulatedConcentrator } from '../../twin/concentrator.js'
import { seededRandom } from '../../twin/random.js'
import { testClock } from '../support/clock.js'

const FRAME = fromHex('25442d2c785634121f168d20b4231b02216f07ddd3efa318553ddfee5134db3985c5db84a7e6')!
const PERIOD = 16_000
const MINUTE = 60_000

/** The telegram's number is in the first of its encrypted bytes. */
const NUMBER = 17

interface Got {
  readonly at: number
  readonly age: number | undefined
  readonly number: number
}

/** A concentrator that hears one meter, and the firmware's side of the connection to it. */
function setUp(options: { mtu?: number; capture?: CapturedNotification[]; name?: string } = {}) {
  const clock = testClock()
  const ble = new SimulatedConcentrator({ clock, random: seededRandom(1), ...options })
  const sentAt: number[] = []
  const got: Got[] = []
  const log: string[] = []
  const firmware = new Concentrator({
    clock,
    ble,
    random: seededRandom(2),
    name: () => options.name ?? 'VW1871-',
    onBattery() {},
    onTelegram: (record, age) => got.push({ at: clock.now(), age, number: numberOf(record.frame()) }),
    log: (text) => log.push(text),
  })
  const send = () => {
    const frame = FRAME.slice()
    frame[NUMBER] = sentAt.length & 0xff
    frame[NUMBER + 1] = sentAt.length >> 8
    sentAt.push(clock.now())
    ble.receiver.hear(frame, -80)
    clock.set(send, PERIOD)
  }
  clock.set(send, 5_000)

  /** Within `limit` ms there is another connection with notifications enabled, and it works. */
  async function recovers(limit: number): Promise<void> {
    const { connections } = firmware
    await clock.run(
      limit,
      () => firmware.connections > connections && (firmware.state === 'silent' || firmware.state === 'receiving'),
    )
    ok(firmware.connections > connections, `not recovered within ${limit} ms, but ${firmware.state}`)
    const before = got.length
    await clock.run(PERIOD + 1_000)
    ok(got.length > before, 'connected, and no telegram came')
  }

  /** Receiving for a minute. */
  async function running(): Promise<void> {
    firmware.resume()
    await clock.run(MINUTE)
    equal(firmware.state, 'receiving')
  }

  return { clock, ble, firmware, got, sentAt, log, recovers, running }
}

function numberOf(frame: Uint8Array): number {
  return frame[NUMBER]! | (frame[NUMBER + 1]! << 8)
}

function numbers(got: readonly Got[]): number[] {
  return got.map(({ number }) => number)
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

describe('the connection to the concentrator', () => {
  it('stands 2 s after power-on, and brings every telegram', async () => {
    const { clock, firmware, got, sentAt } = setUp()
    firmware.resume()
    equal(firmware.state, 'searching')
    await clock.run(2_000)
    equal(firmware.state, 'silent')
    await clock.run(20 * MINUTE)
    deepEqual(numbers(got), range(0, sentAt.length))
    for (const { at, age, number } of got.slice(1)) {
      equal(age, 0)
      ok(at - sentAt[number]! < 100)
    }
    const { state, resyncs, connections } = firmware
    deepEqual([state, resyncs, connections], ['receiving', 0, 1])
  })

  it('works with the smallest notifications', async () => {
    const { clock, firmware, got, sentAt } = setUp({ mtu: 23 })
    firmware.resume()
    await clock.run(20 * MINUTE)
    deepEqual(numbers(got), range(0, sentAt.length))
  })

  it('stands again 3 s after the link was lost', async () => {
    const { ble, firmware, recovers, running } = setUp()
    await running()
    ble.loseLink()
    await recovers(3_000)
    equal(firmware.connections, 2)
  })

  it('stands again 7 s after the concentrator was without power', async () => {
    const { clock, ble, got, recovers, running } = setUp()
    await running()
    ble.powerCycle()
    await recovers(7_000)
    await clock.run(PERIOD)
    deepEqual(
      got.slice(-2).map(({ age }) => age),
      [undefined, 0],
    )
  })

  it('stands again a minute after the concentrator was out of range, with 10 s of search a minute', async () => {
    const { clock, ble, firmware, log, recovers, running } = setUp()
    await running()
    ble.inRange = false
    let searching = 0
    for (let second = 0; second < 600; second++) {
      await clock.run(1_000)
      if (ble.scanning) searching++
    }
    ok(searching >= 95 && searching <= 115, `${searching} s`)
    equal(firmware.state === 'searching' || firmware.state === 'not found', true)
    equal(log.filter((line) => line.includes('no concentrator')).length, 1)
    ble.inRange = true
    await recovers(52_000)
  })

  it('is given up 302 s after the concentrator fell silent, and stands again 3 s later', async () => {
    const { clock, ble, firmware, recovers, running } = setUp()
    await running()
    ble.faults.silent = true
    await clock.run(302_000, () => firmware.state === 'lost')
    equal(firmware.state, 'lost')
    ble.faults.silent = false
    await recovers(3_000)
  })

  it('stands again 72 s after connections have hung for long', async () => {
    const { clock, ble, firmware, recovers } = setUp()
    ble.faults.connectHangs = true
    firmware.resume()
    await clock.run(20 * MINUTE)
    equal(firmware.connections, 0)
    ble.faults.connectHangs = false
    await recovers(72_000)
  })

  it('stands again 48 s after the radio began to hang, which takes a restart', async () => {
    const { ble, recovers, running } = setUp()
    await running()
    ble.faults.radioHangs = true
    ble.loseLink()
    await recovers(48_000)
    equal(ble.restarts, 1)
  })

  it('restarts the radio when notifications could not be enabled three times', async () => {
    const { clock, ble, firmware, recovers } = setUp()
    ble.faults.subscribeFails = true
    firmware.resume()
    await clock.run(12_000)
    equal(ble.restarts, 1)
    await clock.run(10 * MINUTE)
    ble.faults.subscribeFails = false
    await recovers(62_000)
  })

  it('restarts the radio when nothing was found for half an hour', async () => {
    const { clock, ble, firmware } = setUp({ name: 'VW1871-999999' })
    firmware.resume()
    await clock.run(29 * MINUTE)
    equal(ble.restarts, 0)
    await clock.run(2 * MINUTE)
    equal(ble.restarts, 1)
    equal(firmware.connections, 0)
  })

  it('takes the other path of the stream when the first stays silent for 2 min, and at once the next time', async () => {
    const { clock, ble, firmware, got } = setUp()
    ble.faults.needsOtherPath = true
    firmware.resume()
    await clock.run(2 * MINUTE)
    equal(got.length, 0)
    await clock.run(5_000)
    ok(got.length > 5)
    ble.loseLink()
    await clock.run(20_000)
    equal(firmware.connections, 2)
    ok(got.at(-1)!.at > clock.now() - PERIOD)
  })

  it('gives no telegram that was not sent, whatever the bit errors', async () => {
    const { clock, ble, firmware, got, sentAt } = setUp()
    ble.faults.bitErrors = 0.004
    firmware.resume()
    await clock.run(60 * MINUTE)
    ok(firmware.resyncs > 10)
    ok(got.length > sentAt.length * 0.7)
    equal(new Set(numbers(got)).size, got.length)
    for (const { at, number } of got) ok(at - sentAt[number]! < 40_000)
  })

  it('dates the backlog of a pause, which ends in the middle of a telegram', async () => {
    const { clock, ble, firmware, got, sentAt, running } = setUp()
    await running()
    firmware.pause()
    equal(firmware.state, 'off')
    deepEqual([ble.connected, ble.scanning], [false, false])
    const before = sentAt.length
    await clock.run(20 * MINUTE)
    deepEqual([ble.connected, ble.scanning, got.length], [false, false, before])
    const missed = sentAt.length
    firmware.resume()
    await clock.run(2 * MINUTE)
    // 2048 bytes are 34 telegrams, a part of the next one or of the battery text, and its end is lost.
    const backlog = got.slice(before).filter(({ number }) => number < missed)
    ok(backlog.length >= 33 && backlog.length <= 34, `${backlog.length}`)
    deepEqual(numbers(backlog), range(before, before + backlog.length))
    for (const { at, age, number } of backlog) ok(Math.abs(at - sentAt[number]! - age! * 1000) <= 2_000)
    deepEqual(
      got.slice(before + backlog.length).map(({ age }) => age),
      range(missed, sentAt.length).map(() => 0),
    )
  })

  it('ends for good when it is closed', async () => {
    const { clock, ble, firmware, got, running } = setUp()
    await running()
    firmware.close()
    const before = got.length
    firmware.resume()
    await clock.run(10 * MINUTE)
    deepEqual([ble.connected, ble.scanning, got.length, firmware.state], [false, false, before, 'off'])
  })

  it('plays a recorded session in its own time', async () => {
    const characteristic = '0000ff01-0000-1000-8000-00805f9b34fb'
    const record =
      'fbfbfbf011012508dcdf916261ad01' +
      '25442d2c703749741f168d20b4231b02216f07ddd3efa318553ddfee5134db3985c5db84a7e6' +
      'e8cbfefe0e0f'
    const { clock, firmware, got } = setUp({
      capture: [
        { t: '2025-08-13T08:47:48.889946', characteristic, hex: record },
        { t: '2025-08-13T08:47:48.947870', characteristic: '0000ff03-0000-1000-8000-00805f9b34fb', hex: '0107' },
        { t: '2025-08-13T08:48:18.889946', characteristic, hex: record },
      ],
    })
    firmware.resume()
    await clock.run(MINUTE)
    deepEqual(
      got.map(({ at }) => Math.round((at - got[0]!.at) / 1000)),
      [0, 30],
    )
  })
})

describe('a BLE stack that calls back late', () => {
  /** Hands out what the firmware gave it. */
  class LateStack implements BlePort {
    readonly found: ((peer: BlePeer) => void)[] = []
    readonly connections: BleConnectOptions[] = []
    readonly subscriptions: ((error: string | undefined) => void)[] = []
    scan(onFound: (peer: BlePeer) => void): void {
      this.found.push(onFound)
    }
    stopScan(): void {}
    connect(options: BleConnectOptions) {
      this.connections.push(options)
      return {
        subscribe: (_service: string, _characteristic: string, onDone: (error: string | undefined) => void) => {
          this.subscriptions.push(onDone)
        },
        close: () => {},
      }
    }
    restart(): void {}
  }

  it('is not listened to about what has ended', async () => {
    const clock = testClock()
    const ble = new LateStack()
    let telegrams = 0
    const batteries: number[] = []
    const firmware = new Concentrator({
      clock,
      ble,
      random: () => 0.5,
      name: () => 'VW',
      onTelegram: () => telegrams++,
      onBattery: (millivolt) => batteries.push(millivolt),
      log: () => {},
    })
    const peer = { name: 'VW1871-1', address: 'a', rssi: -50 }
    firmware.resume()
    ble.found[0]!(peer)
    ble.found[0]!(peer)
    equal(ble.connections.length, 1)
    const [first] = ble.connections
    first!.onReady()
    await clock.run(11_000)
    equal(firmware.state, 'searching')
    ble.subscriptions[0]!(undefined)
    first!.onReady()
    first!.onNotification(fromHex('fbfcfcf0d80efefe0e0f')!)
    first!.onClosed('gone')
    deepEqual([firmware.state, batteries, firmware.connections], ['searching', [], 1])
    ble.found[1]!(peer)
    ble.connections[1]!.onReady()
    ble.connections[1]!.onNotification(fromHex('fbfcfcf0d80efefe0e0f')!)
    ble.subscriptions[1]!(undefined)
    deepEqual([firmware.state, batteries], ['receiving', [3800]])
    firmware.pause()
    ble.connections[1]!.onNotification(fromHex('fbfcfcf0d90efefe0e0f')!)
    ble.connections[1]!.onClosed('gone')
    await clock.run(100_000)
    deepEqual([firmware.state, batteries, ble.found.length], ['off', [3800], 2])
    equal(telegrams, 0)
  })
})
