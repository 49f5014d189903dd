import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { NVS_OFFSET, provisionedPartition } from '../../image/provision.js'
import type { Firmware } from '../../site/flash/firmware.js'
import { flashBoard } from '../../site/flash/flasher.js'
import type { Wish } from '../../site/flash/parts.js'
import { sha256 } from '../../twin/image.js'
import { imageEnd } from '../../twin/image-check.js'
import { seededRandom } from '../../twin/random.js'
import { FastTimers } from '../support/fast-timers.js'
import { firmware, TABLES } from './build-files.js'
import { SimulatedBoard } from './rom/board.js'
import { FakePort } from './rom/fake-port.js'
import { Op } from './rom/protocol.js'

const KEY = '00112233445566778899aabbccddeeff'
const JOURNAL = { offset: 0x340000, size: 0xc0000 }
const OTADATA = { offset: 0x330000, size: 0x2000 }

describe('flashing a board from the browser', () => {
  const timers = new FastTimers()
  before(() => timers.install())
  after(() => timers.restore())

  const provision = provisionedPartition({
    key: KEY,
    serial: '7000001',
    network: { ssid: 'cellar', password: 'very secret' },
  })
  const two = firmware()
  const wish = (parts: Partial<Wish> = {}): Wish => ({ firmware: two, provision, erasesJournal: false, ...parts })

  /** A board that has had another firmware, of which the second slot runs, and samples. */
  function usedBoard(...options: ConstructorParameters<typeof SimulatedBoard>): SimulatedBoard {
    const board = new SimulatedBoard(...options)
    // A length that no sector begins with again.
    const random = seededRandom(5)
    const piece = Uint8Array.from({ length: 10_007 }, () => random() * 256)
    Buffer.from(board.flash.bytes.buffer).fill(piece)
    return board
  }

  async function flash(board: SimulatedBoard, wanted: Wish, port = new FakePort(board)) {
    const steps: string[] = []
    const progress: number[] = []
    const result = await flashBoard(port.asPort, wanted, {
      onStep: (text) => void steps.push(text),
      onProgress: (done) => void progress.push(done),
    })
    return { result, error: result.ok ? undefined : result.error, steps, progress, port }
  }

  function holds(board: SimulatedBoard, at: number, bytes: Uint8Array, name: string): void {
    ok(Buffer.from(bytes).equals(board.flash.bytes.subarray(at, at + bytes.length)), name)
  }

  /** Everything but the boot loader is there as it was chosen. */
  function holdsFirmware(board: SimulatedBoard, { table, program, bootLoader }: Firmware, bootAt: number): void {
    holds(board, 0x8000, table, 'table')
    holds(board, 0x10000, program, 'program')
    const written = board.flash.bytes.slice(bootAt, bootAt + bootLoader.length)
    const end = imageEnd(bootLoader)!
    holds(board, bootAt, bootLoader.subarray(0, 3), 'head of the boot loader, and mode')
    holds(board, bootAt + 4, bootLoader.subarray(4, end), 'boot loader')
    deepEqual(written.subarray(end, end + 32), sha256(written.subarray(0, end)))
  }

  it('writes the files byte for byte at their offsets, with the MD5 of each compared, and the board starts', async () => {
    const board = usedBoard()
    const before = board.flash.bytes.slice()
    const { result, steps, progress, port } = await flash(board, wish())
    deepEqual(result, { ok: true, value: undefined })
    holdsFirmware(board, two, 0x1000)
    holds(board, NVS_OFFSET, provision, 'nvs')
    // 4 MB, and the 80 MHz that the build has chosen.
    equal(board.flash.bytes[0x1003], 0x2f)
    holds(board, OTADATA.offset, new Uint8Array(OTADATA.size).fill(0xff), 'the choice of a slot')
    holds(board, JOURNAL.offset, before.subarray(JOURNAL.offset), 'journal')
    deepEqual(board.boot().slice(1), ['\u001b[0;32mI (400) app: version 0.2.0\u001b[0m', 'serial 7000001, a key'])
    equal(board.loader!.ops.filter((op) => op === Op.Md5).length, 5)
    deepEqual(
      steps.slice(1).map((step) => step.replace('Writing: ', '')),
      ['program', 'key and settings', 'which program starts', 'partition table', 'boot loader'],
    )
    equal(progress.at(-1), 1)
    ok(progress.every((done, i) => done >= (progress[i - 1] ?? 0)))
    equal(port.readable, null)
  })

  it('leaves key, settings and readings where only the firmware is written', async () => {
    const board = usedBoard()
    board.flash.bytes.set(provision, NVS_OFFSET)
    const before = board.flash.bytes.slice()
    const newer = firmware({ version: '0.3.0', seed: 9 })
    equal((await flash(board, wish({ provision: undefined, firmware: newer }))).error, undefined)
    holdsFirmware(board, newer, 0x1000)
    holds(board, NVS_OFFSET, before.subarray(NVS_OFFSET, 0x10000), 'nvs and phy_init')
    holds(board, JOURNAL.offset, before.subarray(JOURNAL.offset), 'journal')
    match(board.boot().at(-1)!, /7000001, a key/)
  })

  it('writes nothing but key and settings where only these are wanted', async () => {
    const board = usedBoard()
    const before = board.flash.bytes.slice()
    equal((await flash(board, wish({ firmware: undefined }))).error, undefined)
    before.set(provision, NVS_OFFSET)
    holds(board, 0, before, 'everything')
  })

  it('erases the journal where that is wanted', async () => {
    const board = usedBoard()
    equal((await flash(board, wish({ erasesJournal: true, firmware: firmware({ size: 4000 }) }))).error, undefined)
    holds(board, JOURNAL.offset, new Uint8Array(JOURNAL.size).fill(0xff), 'journal')
  })

  it('knows the ESP32-C3, whose boot loader is at 0, and a table with one slot', async () => {
    const board = usedBoard('esp32c3')
    const one = firmware({ chip: 'esp32c3', csv: TABLES.one })
    equal((await flash(board, wish({ firmware: one }))).error, undefined)
    holdsFirmware(board, one, 0)
    match(board.boot()[0]!, /^boot: factory/)
  })

  it('tells the boot loader how much flash there is', async () => {
    const board = new SimulatedBoard('esp32', 16)
    equal((await flash(board, wish())).error, undefined)
    equal(board.flash.bytes[0x1003], 0x4f)
    match(board.boot().at(-1)!, /7000001/)
  })

  it('goes on at the first speed where the faster one is not carried', async () => {
    const board = new SimulatedBoard()
    board.mostSpeed = 115_200
    equal((await flash(board, wish())).error, undefined)
    holdsFirmware(board, two, 0x1000)
  })

  const REFUSALS: readonly [name: string, board: SimulatedBoard, wanted: Wish, reason: RegExp][] = [
    [
      'files for another chip',
      new SimulatedBoard('esp32c3'),
      wish(),
      /^The files are for ESP32, and this board has an ESP32-C3\. Nothing was written\.$/,
    ],
    [
      'a flash that is too small',
      new SimulatedBoard('esp32', 2),
      wish(),
      /^The flash of the board is too small: it has 2 MB, the table needs 4 MB\. Nothing/,
    ],
    [
      'a program that its slot does not hold',
      new SimulatedBoard(),
      wish({ firmware: firmware({ size: 0x191000 }) }),
      /^The program has 1642496 bytes, and its place .* 1638400: .*one-slot\.csv\. Nothing/,
    ],
    [
      'a chip that the firmware does not know',
      new SimulatedBoard('esp32s3'),
      wish(),
      /^This board has an ESP32-S3, which this firmware does not know/,
    ],
  ]
  for (const [name, board, wanted, reason] of REFUSALS)
    it(`writes nothing with ${name}, and says why`, async () => {
      const { error } = await flash(board, wanted)
      match(error!, reason)
      equal(board.flash.erases, 0)
    })

  for (const chip of ['esp32', 'esp32c3'] as const)
    it(`writes nothing to a flash that is encrypted: ${chip}`, async () => {
      const board = new SimulatedBoard(chip)
      board.encryption = 0b111
      const wanted = wish({ firmware: firmware({ chip }) })
      match((await flash(board, wanted)).error!, /^The flash of this board is encrypted/)
      equal(board.flash.erases, 0)
      // Encrypted once, and in clear again.
      board.encryption = 0b11
      equal((await flash(board, wanted)).error, undefined)
    })

  it('says so when what is in flash is not what was sent', async () => {
    const board = new SimulatedBoard()
    board.flash.worn = 0x12345
    match((await flash(board, wish())).error!, /^What is in the flash is not what was sent/)
  })

  it('says what to do where the port is taken, the chip does not answer, or has stopped', async () => {
    const taken = new FakePort(new SimulatedBoard())
    taken.refusal = new DOMException('Failed to open serial port.', 'NetworkError')
    match((await flash(taken.board, wish(), taken)).error!, /^The port cannot be opened\. Another program/)
    const deaf = new SimulatedBoard()
    deaf.hasAutoReset = false
    const { error, port } = await flash(deaf, wish())
    match(error!, /^The chip does not answer\. Hold the button BOOT/)
    equal(port.readable, null)
    const dying = new SimulatedBoard()
    dying.onCommand = (op) => op !== Op.DeflData
    match((await flash(dying, wish())).error!, /^The board has stopped answering/)
  })

  it('is recovered wherever the cable comes out: clear words, and the next start writes everything', async () => {
    const small = wish({ firmware: firmware({ size: 4000 }) })
    const counted = new SimulatedBoard()
    let commands = 0
    counted.onCommand = () => ++commands > 0
    equal((await flash(counted, small)).error, undefined)
    ok(commands > 30, `${commands}`)
    for (let at = 1; at <= commands; at += 4) {
      const board = usedBoard()
      const port = new FakePort(board)
      let left = at
      board.onCommand = () => {
        if (--left > 0) return true
        port.unplug()
        return false
      }
      const start = timers.now
      const torn = await flash(board, small, port)
      match(torn.error!, /^The cable came out/, `at command ${at}`)
      // At once, not when the library's patience ends.
      ok(timers.now - start < 3000, `${timers.now - start} ms at command ${at}`)
      board.onCommand = () => true
      equal((await flash(board, small)).error, undefined, `again after command ${at}`)
      holdsFirmware(board, small.firmware!, 0x1000)
      match(board.boot().at(-1)!, /7000001, a key/)
    }
  })

  it('leaves no board that starts half a program', async () => {
    const board = new SimulatedBoard()
    equal((await flash(board, wish())).error, undefined)
    const port = new FakePort(board)
    let blocks = 2
    board.onCommand = (op) => {
      if (op !== Op.DeflData || --blocks > 0) return true
      port.unplug()
      return false
    }
    const newer = firmware({ version: '0.3.0', seed: 9 })
    match(
      (await flash(board, wish({ firmware: newer, provision: undefined }), port)).error!,
      /while the board was written/,
    )
    match(board.boot()[0]!, /damaged|cut off|no image/)
  })
})
