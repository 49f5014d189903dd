import { deepEqual, equal, ok } from 'node:assert/strict'
import { Vw1871Parser } from '../../modules/ble/vw1871.js'
import { crc16En13757 } from '../../modules/codec/crc16-en13757.js'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { cut, parseStream } from '../support/vw1871.js'

const FRAME = '25442d2c703749741f168d20b4231b02216f07ddd3efa318553ddfee5134db3985c5db84a7e6'
const RECORD = `fbfbfbf011012508dcdf916261ad01${FRAME}e8cbfefe0e0f`
const TELEGRAM = '08250111 1653727196 -83 74493770'
const BATTERY = 'fbfcfcf0d80efefe0e0f'
const TEXT = toHex(encodeUtf8('\r\nBattery Volt = 3800 mV\r\n'))

const bytes = (hex: string) => fromHex(hex)!
const parse = (...pieces: string[]) => parseStream(pieces.map(bytes))

/** A record that begins as a real one, around these bytes in place of the frame. */
function record(frame: string): string {
  const head = `fbfbfbf011012508dcdf916261ad01${frame}`
  const crc = crc16En13757(bytes(head), 0, head.length / 2)
  return `${head}${crc.toString(16).padStart(4, '0')}fefe0e0f`
}

describe('the checksum of EN 13757', () => {
  it('has the check value of the standard', () => equal(crc16En13757(encodeUtf8('123456789'), 0, 9), 0xc2b7))
})

describe('the stream of a VW1871', () => {
  it('holds telegrams with their radio data and frame', () => {
    const { items, frames, resyncs } = parse(RECORD)
    deepEqual([items, frames, resyncs], [[TELEGRAM], [FRAME], 0])
  })

  it('holds the battery voltage as text and as a record', () => {
    deepEqual(parse(TEXT + BATTERY + RECORD).items, ['"\\r\\nBattery Volt = 3800 mV\\r\\n"', '3800 mV', TELEGRAM])
  })

  it('may be cut anywhere', () => {
    const stream = bytes(RECORD + TEXT + BATTERY + RECORD + RECORD)
    const whole = parseStream([stream]).items
    equal(whole.length, 5)
    for (const length of [1, 2, 3, 4, 5, 7, 15, 16, 17, 20, 23, 55, 58, 60, 244])
      deepEqual(parseStream(cut(stream, () => length)).items, whole, `pieces of ${length}`)
  })

  it('goes on for ever, in pieces of any size', () => {
    const longest = `ff${'a5'.repeat(255)}`
    const period = RECORD + record(longest) + TEXT + BATTERY
    const stream = bytes(period.repeat(20))
    const { items, frames } = parseStream([stream])
    deepEqual(frames, Array(20).fill([FRAME, longest]).flat())
    equal(items.length, 80)
    for (const length of [20, 100, 244, 256, 277, 511, 512, 513, 600, 1024, 1500, 5000])
      deepEqual(parseStream(cut(stream, () => length)).items, items, `pieces of ${length}`)
  })

  it('holds frames of any length', () => {
    for (const length of [11, 0x2c, 0x30, 127, 255]) {
      const frame = length.toString(16).padStart(2, '0') + 'fe'.repeat(length)
      deepEqual(parse(record(frame) + RECORD).frames, [frame, FRAME], `L ${length}`)
    }
  })

  it('may carry what looks like a start or an end within a frame', () => {
    const frame = `25fbfbfbf0fefe0e0ffbfcfcf0d80efefe0e0f${'fb'.repeat(19)}`
    deepEqual(parse(record(frame) + RECORD).frames, [frame, FRAME])
  })

  it('goes on with the next record after one that was cut', () => {
    for (let length = 2; length < RECORD.length; length += 2) {
      const { items, resyncs } = parse(RECORD.slice(0, length) + RECORD + RECORD)
      deepEqual(items, [TELEGRAM, TELEGRAM], `cut after ${length / 2} bytes`)
      ok(resyncs <= 1)
    }
  })

  it('begins anywhere', () => {
    for (let from = 2; from < RECORD.length; from += 2)
      deepEqual(parse(RECORD.slice(from) + RECORD).frames, [FRAME], `from byte ${from / 2}`)
  })

  it('gives no telegram and no text out of a broken record', () => {
    for (let at = 0; at < RECORD.length; at += 2) {
      const broken = bytes(RECORD)
      broken[at / 2]! ^= 0x10
      deepEqual(parse(toHex(broken) + RECORD).items, [TELEGRAM], `byte ${at / 2}`)
    }
  })

  it('tells how many records failed their check', () => {
    const broken = bytes(RECORD)
    broken[30]! ^= 1
    equal(parse(toHex(broken) + RECORD).resyncs, 1)
    equal(parse(toHex(broken) + RECORD + toHex(broken)).resyncs, 2)
  })

  it('has no frame too short for an address, whatever its checksum', () => {
    deepEqual(parse(record(`0a${'00'.repeat(10)}`) + RECORD).frames, [FRAME])
  })

  it('has text of 64 printable characters at most', () => {
    const text = (hex: string) => parse(hex + BATTERY).items.slice(0, -1)
    deepEqual(text('41'.repeat(64)), [`"${'A'.repeat(64)}"`])
    deepEqual(text('207e0d0a'), ['" ~\\r\\n"'])
    for (const other of ['41'.repeat(65), '411f41', '417f41', '41c341', '']) deepEqual(text(other), [], other)
  })

  it('has no battery record without its end', () => {
    deepEqual(parse(`fbfcfcf0d80efefe0e00${RECORD}`).items, [TELEGRAM])
  })

  it('may have stray sync bytes before a record', () => deepEqual(parse(`fbfbfb${RECORD}`).items, [TELEGRAM]))

  it('is not waited for without end after a cut record', () => {
    const items: string[] = []
    const parser = new Vw1871Parser({
      onRecord: ({ rssi }) => items.push(String(rssi)),
      onBattery: () => items.push('battery'),
    })
    // The cut record takes its L from the next one, and would wait for 255 bytes.
    parser.push(bytes(`${RECORD.slice(0, 30)}ff${RECORD}`))
    deepEqual(items, [])
    ok(parser.waiting)
    parser.idle()
    deepEqual(items, ['-83'])
    ok(!parser.waiting)
    parser.idle()
    equal(parser.resyncs, 0)
  })

  it('may be silent before it begins, and carry text that nobody wants', () => {
    const items: string[] = []
    const parser = new Vw1871Parser({
      onRecord: ({ serial }) => items.push(serial),
      onBattery: (millivolt) => items.push(`${millivolt} mV`),
    })
    parser.idle()
    parser.push(bytes(TEXT + BATTERY + RECORD))
    parser.idle()
    parser.push(bytes(RECORD))
    deepEqual(items, ['3800 mV', '08250111', '08250111'])
  })

  it('begins with its text in another connection, whatever noise was in the last', () => {
    const texts: string[] = []
    const parser = new Vw1871Parser({ onRecord: () => {}, onBattery: () => {}, onText: (text) => texts.push(text) })
    parser.push(bytes('4100'))
    parser.clear()
    parser.push(bytes(TEXT + BATTERY))
    deepEqual(texts, ['\r\nBattery Volt = 3800 mV\r\n'])
  })

  it('does not go on in another connection', () => {
    const items: string[] = []
    const parser = new Vw1871Parser({
      onRecord: ({ serial }) => items.push(serial),
      onBattery: () => parser.clear(),
    })
    parser.push(bytes(RECORD.slice(0, 40)))
    parser.clear()
    parser.push(bytes(RECORD.slice(40)))
    deepEqual(items, [])
    parser.push(bytes(BATTERY + RECORD))
    deepEqual(items, [])
    parser.push(bytes(RECORD))
    deepEqual(items, ['08250111'])
  })
})
