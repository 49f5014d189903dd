import { deepEqual, equal } from 'node:assert/strict'
import { fromHex, toHex } from '../../modules/codec/hex.js'
import { RomLoader } from './rom/loader.js'
import { NorFlash } from './rom/nor-flash.js'
import { Op, Wrong } from './rom/protocol.js'
import { SlipReader, slip } from './rom/slip.js'

const HEAD = 8

describe('the simulated ROM loader', () => {
  const make = (chip: 'esp32' | 'esp32c3' = 'esp32') => new RomLoader(new NorFlash(0x10_0000), chip)

  function ask(rom: RomLoader, op: number, words: readonly number[], data: readonly number[] = []): Uint8Array[] {
    const packet = new Uint8Array(HEAD + 4 * words.length + data.length)
    const view = new DataView(packet.buffer)
    packet[1] = op
    view.setUint16(2, packet.length - HEAD, true)
    view.setUint32(
      4,
      data.reduce((sum, byte) => sum ^ byte, 0xef),
      true,
    )
    for (const [i, word] of words.entries()) view.setUint32(HEAD + 4 * i, word, true)
    packet.set(data, HEAD + 4 * words.length)
    return rom.answer(packet)
  }

  /** Status and error of an answer's last bytes. */
  const status = ([answer]: Uint8Array[], size = 4) => [...answer!.subarray(answer!.length - size).subarray(0, 2)]

  it('answers SYNC and READ_REG with the bytes of the documentation', () => {
    const sync = fromHex(`000824000000000007071220${'55'.repeat(32)}`)!
    deepEqual(
      make()
        .answer(sync)
        .map((answer) => toHex(answer)),
      new Array(8).fill('010804000707122000000000'),
    )
    deepEqual(
      make()
        .answer(fromHex('000a04000000000000100040')!)
        .map((answer) => toHex(answer)),
      ['010a0400831df00000000000'],
    )
  })

  it('frames packets as SLIP does, and finds them among other bytes', () => {
    equal(toHex(slip(Uint8Array.of(1, 0xc0, 0xdb, 2))), 'c001dbdcdbdd02c0')
    const reader = new SlipReader()
    deepEqual(reader.read(fromHex('2a2ac001dbdc')!), [])
    deepEqual(
      reader.read(fromHex('dbdd02c0c0c003c0')!).map((packet) => toHex(packet)),
      ['01c0db02', '03'],
    )
  })

  it('writes what FLASH_BEGIN, FLASH_DATA and FLASH_END say, once the flash is attached and set', () => {
    const rom = make()
    deepEqual(status(ask(rom, Op.FlashBegin, [4, 1, 4, 0x3000])), [1, Wrong.Failed])
    deepEqual(status(ask(rom, Op.SpiAttach, [0, 0])), [0, 0])
    deepEqual(status(ask(rom, Op.SpiSetParams, [0, 0x10_0000, 0x10000, 0x1000, 0x100, 0xffff])), [0, 0])
    rom.flash.bytes.fill(0, 0x3000, 0x5000)
    deepEqual(status(ask(rom, Op.FlashBegin, [4, 1, 4, 0x3000])), [0, 0])
    deepEqual(status(ask(rom, Op.FlashData, [4, 1, 0, 0], [1, 2, 3, 4])), [1, Wrong.Message])
    deepEqual(status(ask(rom, Op.FlashData, [4, 0, 0, 0], [1, 2, 3, 4])), [0, 0])
    deepEqual(status(ask(rom, Op.FlashEnd, [1])), [0, 0])
    equal(toHex(rom.flash.bytes.subarray(0x2ffe, 0x3006)), 'ffff01020304ffff')
    equal(toHex(rom.flash.bytes.subarray(0x4000, 0x4002)), '0000')
    // 32 digits from the ROM, 16 bytes from the stub.
    const [md5] = ask(rom, Op.Md5, [0x3000, 4, 0, 0])
    equal(new TextDecoder().decode(md5!.subarray(HEAD, -4)), '08d6c05a21512a79a1dfeb9d2a8f262f')
  })

  it('refuses a block with another checksum, and a command that it does not know', () => {
    const rom = make()
    ask(rom, Op.MemBegin, [4, 1, 4, 0x40080000])
    const packet = Uint8Array.of(0, Op.MemData, 20, 0, 0, 0, 0, 0, 4, 0, 0, 0, ...new Array(12).fill(0), 1, 2, 3, 4)
    deepEqual(status(rom.answer(packet)), [1, Wrong.Checksum])
    deepEqual(status(ask(rom, Op.SecurityInfo, [])), [1, Wrong.Message])
    equal(ask(make('esp32c3'), Op.SecurityInfo, [])[0]![HEAD + 12], 5)
    deepEqual(rom.answer(Uint8Array.of(0, Op.Sync)), [])
  })

  it('runs a stub that was sent whole, and no other one', () => {
    const rom = make()
    ask(rom, Op.MemBegin, [8, 2, 4, 0x40080000])
    ask(rom, Op.MemData, [4, 0, 0, 0], [1, 2, 3, 4])
    deepEqual(status(ask(rom, Op.MemEnd, [0, 0x40080000])), [1, Wrong.Failed])
    ask(rom, Op.MemBegin, [4, 1, 4, 0x40080000])
    ask(rom, Op.MemData, [4, 0, 0, 0], [1, 2, 3, 4])
    const answers = ask(rom, Op.MemEnd, [0, 0x40080000])
    equal(new TextDecoder().decode(answers[1]), 'OHAI')
    equal(rom.isStub, true)
    deepEqual(status(ask(rom, Op.SpiAttach, [0]), 2), [0, 0])
  })
})
