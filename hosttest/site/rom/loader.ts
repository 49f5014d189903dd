import { constants, inflateSync } from 'node:zlib'
import { type NorFlash, SECTOR } from './nor-flash.js'
import { CHIPS, type ChipName, Op, Wrong } from './protocol.js'

/** What the stub says to a command that it does not know. */
const UNKNOWN = 0xff

/** Of an ESP32, the first word of its fuses. */
const FUSES = 0x3ff5a000
const MAGIC_REGISTER = 0x40001000
const USR = 1 << 18
const READ_ID = 0x9f
const SYNC_HEAD = [0x07, 0x07, 0x12, 0x20]

interface Download {
  readonly kind: 'flash' | 'deflated' | 'memory'
  readonly at: number
  readonly blocks: number
  readonly blockSize: number
  /** Bytes to write, inflated. */
  readonly size: number
  next: number
  written: number
  compressed: Buffer
}

/** A reply: a value and data, or the number of an error. */
interface Reply {
  readonly value?: number
  readonly data?: Uint8Array
  readonly error?: number
  /** How often it is sent; once as a rule. */
  readonly times?: number
  /** The command in it, where that is not the one that was asked. */
  readonly op?: number
}

/** The loader after a reset into download mode. */
export class RomLoader {
  readonly flash: NorFlash
  /** Bits a second; undefined before the first packet, by which the ROM finds out. */
  speed: number | undefined
  /** Every command that has come. */
  readonly ops: number[] = []
  isStub = false
  /** Bits of FLASH_CRYPT_CNT. */
  encryption = 0
  #chip: (typeof CHIPS)[ChipName]
  #registers = new Map<number, number>()
  #memory = new Map<number, Uint8Array>()
  #download: Download | undefined
  #isAttached = false

  constructor(flash: NorFlash, chip: ChipName) {
    this.flash = flash
    this.#chip = CHIPS[chip]
    this.#registers.set(MAGIC_REGISTER, this.#chip.magic)
  }

  /** The packets that answer one. */
  answer(packet: Uint8Array): Uint8Array[] {
    const view = new DataView(packet.buffer, packet.byteOffset, packet.length)
    if (packet.length < 8 || packet[0] !== 0 || packet.length !== 8 + view.getUint16(2, true)) return []
    const op = packet[1]!
    this.ops.push(op)
    const wasStub = this.isStub
    const reply = this.#do(op, packet.subarray(8), view.getUint32(4, true))
    const packets = Array.from({ length: reply.times ?? 1 }, () => this.#packet(op, reply, wasStub))
    if (this.isStub && !wasStub) packets.push(Uint8Array.from('OHAI', (letter) => letter.charCodeAt(0)))
    return packets
  }

  #packet(op: number, { value = 0, data = new Uint8Array(0), error, op: other }: Reply, isStub: boolean): Uint8Array {
    const size = data.length + (isStub ? 2 : 4)
    const packet = new Uint8Array(8 + size)
    const view = new DataView(packet.buffer)
    packet.set([1, other ?? op])
    view.setUint16(2, size, true)
    view.setUint32(4, value, true)
    packet.set(data, 8)
    if (error !== undefined) packet.set([1, error], 8 + data.length)
    return packet
  }

  #do(op: number, data: Uint8Array, checksum: number): Reply {
    const words = wordsOf(data)
    const [first = 0, second = 0, third = 0, fourth = 0] = words
    switch (op) {
      case Op.Sync:
        if (data.length !== 36 || !SYNC_HEAD.every((byte, i) => data[i] === byte)) return { error: Wrong.Message }
        return this.isStub ? {} : { value: 0x20120707, times: 8 }
      case Op.ReadReg:
        return { value: first === FUSES ? this.encryption << 20 : (this.#registers.get(first) ?? 0) }
      case Op.WriteReg:
        return this.#writeRegister(first, second)
      case Op.SpiAttach:
        if (data.length !== (this.isStub ? 4 : 8)) return { error: Wrong.Message }
        this.#isAttached = true
        return {}
      case Op.SpiSetParams:
        return words.length === 6 && second === this.flash.bytes.length ? {} : { error: Wrong.Message }
      case Op.ChangeBaudrate:
        this.speed = first
        return {}
      case Op.MemBegin:
        return this.#begin('memory', first, second, third, fourth)
      case Op.FlashBegin:
        return this.#begin('flash', first, second, third, fourth)
      case Op.DeflBegin:
        return this.#begin('deflated', first, second, third, fourth)
      case Op.MemData:
      case Op.FlashData:
      case Op.DeflData:
        return this.#take(op, data, first, second, checksum)
      case Op.MemEnd:
        return this.#run(first, second)
      case Op.FlashEnd:
      case Op.DeflEnd:
        return this.#end()
      case Op.Md5:
        if (first + second > this.flash.bytes.length) return { error: Wrong.Failed }
        return { data: this.isStub ? this.flash.md5(first, second) : hexOf(this.flash.md5(first, second)) }
      case Op.EraseRegion: {
        const isRegion = this.isStub && first % SECTOR === 0 && second % SECTOR === 0
        if (!isRegion || first + second > this.flash.bytes.length) break
        this.flash.erase(first, second)
        return {}
      }
      case Op.SecurityInfo:
        if (this.#chip.id === undefined) break
        return {
          data: Uint8Array.of(
            0,
            0,
            0,
            0,
            this.encryption,
            ...new Array(7).fill(0),
            this.#chip.id,
            ...new Array(7).fill(0),
          ),
        }
    }
    // The ROM repeats that, under a command that nobody has given.
    return this.isStub ? { error: UNKNOWN } : { error: Wrong.Message, op: 0, times: 8 }
  }

  /** A command to the flash chip goes over the registers of the SPI controller; the one that asks for its identity is known. */
  #writeRegister(address: number, value: number): Reply {
    const { spi, usr2, w0 } = this.#chip
    this.#registers.set(address, value)
    if (address === spi && (value & USR) !== 0) {
      this.#registers.set(spi, 0)
      const isId = ((this.#registers.get(spi + usr2) ?? 0) & 0xff) === READ_ID
      if (isId) this.#registers.set(spi + w0, (Math.log2(this.flash.bytes.length) << 16) | 0x40ef)
    }
    return {}
  }

  #begin(kind: Download['kind'], size: number, blocks: number, blockSize: number, at: number): Reply {
    // The ROM reaches no flash before it is attached; the stub attaches it itself.
    if (kind !== 'memory' && !this.isStub && !this.#isAttached) return { error: Wrong.Failed }
    if (kind !== 'memory' && at + size > this.flash.bytes.length) return { error: Wrong.Failed }
    if (kind === 'memory') this.#memory.set(at, new Uint8Array(size))
    else if (!this.isStub) this.flash.erase(at, size)
    this.#download = { kind, at, blocks, blockSize, size, next: 0, written: 0, compressed: Buffer.alloc(0) }
    return {}
  }

  #take(op: number, data: Uint8Array, length: number, number: number, checksum: number): Reply {
    const download = this.#download
    const block = data.subarray(16)
    const kinds = { [Op.MemData]: 'memory', [Op.FlashData]: 'flash', [Op.DeflData]: 'deflated' } as const
    if (download?.kind !== kinds[op as keyof typeof kinds]) return { error: Wrong.Failed }
    if (block.length !== length || length > download.blockSize || number !== download.next || number >= download.blocks)
      return { error: Wrong.Message }
    if (block.reduce((sum, byte) => sum ^ byte, 0xef) !== checksum) return { error: Wrong.Checksum }
    download.next++
    if (download.kind === 'memory') {
      this.#memory.get(download.at)!.set(block, number * download.blockSize)
      return {}
    }
    return download.kind === 'flash' ? this.#write(download, block) : this.#inflate(download, block)
  }

  #inflate(download: Download, block: Uint8Array): Reply {
    download.compressed = Buffer.concat([download.compressed, block])
    try {
      const all = inflateSync(download.compressed, { finishFlush: constants.Z_SYNC_FLUSH })
      return this.#write(download, all.subarray(download.written))
    } catch {
      return { error: Wrong.Deflate }
    }
  }

  /** The stub erases each sector when it comes to it. */
  #write(download: Download, data: Uint8Array): Reply {
    const from = download.at + download.written
    const to = from + data.length
    if (this.isStub)
      for (let at = Math.ceil(from / SECTOR) * SECTOR; at < to; at += SECTOR) this.flash.erase(at, SECTOR)
    download.written += data.length
    return this.flash.write(from, data) ? {} : { error: Wrong.Write }
  }

  #end(): Reply {
    const download = this.#download
    this.#download = undefined
    return download !== undefined && download.next === download.blocks ? {} : { error: Wrong.Failed }
  }

  /** A program in memory that is run is the stub, where it was sent whole. */
  #run(stays: number, entry: number): Reply {
    const download = this.#download
    this.#download = undefined
    if (download?.kind !== 'memory' || download.next !== download.blocks) return { error: Wrong.Failed }
    if (stays !== 0) return {}
    const isThere = [...this.#memory].some(([at, bytes]) => entry >= at && entry < at + bytes.length)
    if (!isThere) return { error: Wrong.Failed }
    this.isStub = true
    return {}
  }
}

function wordsOf(data: Uint8Array): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  return Array.from({ length: Math.min(6, Math.floor(data.length / 4)) }, (_, i) => view.getUint32(4 * i, true))
}

function hexOf(bytes: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(bytes).toString('hex'), 'latin1')
}
