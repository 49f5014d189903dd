/// <reference path="../../globals.d.ts" />
import { bytesOf, check, checkOpen, formatOf, has, requireArguments, toInteger, viewOf } from 'board/native'

/*
 * MOD/modules/io/flash/esp32/flash-esp32.js, flash-esp32.c:
 * js:2 a Flash comes from `open` alone; js:29 the iterator goes over every partition of the table, data and programs;
 * c:104 "no path"; :117 a name is looked for among the partitions of type data, "running", "nextota" and "xs" apart;
 * :120 "can't find partition"; :122 mode is "r" or "r+", which it is too where none is given; :130 "invalid mode";
 * :143 "read-only"; :151 "erase failed" beyond the end, "write failed" and "read failed" too;
 * :162 `read` takes a length, and answers with a new ArrayBuffer, or a buffer, and answers with its length;
 * :159 positions are 32 bits with a sign, an omitted one throws (xsArg), and there is no check that what is written was
 * erased: bits that are 0 stay 0.
 * After close() all but close() throws.
 */
interface Options {
  readonly path?: string
  readonly mode?: string
  readonly format?: string
}

interface Native {
  partition: string | undefined
  readonly readOnly: boolean
}

class Flash {
  declare private native: Native

  constructor() {
    throw new TypeError()
  }

  close(): void {
    this.native.partition = undefined
  }

  eraseBlock(start: number, end?: number): void {
    const partition = writable(this.native)
    // biome-ignore lint/complexity/noArguments: an undefined second argument is 0
    const stop = arguments.length > 1 ? toInteger(end) : toInteger(start) + 1
    check(world('flash.erase', partition, toInteger(start), stop))
  }

  read(byteLength: unknown, byteOffset: number): ArrayBuffer | number {
    const partition = opened(this.native)
    // biome-ignore lint/complexity/noArguments: the C function throws
    requireArguments(arguments.length, 2)
    const isLength = typeof byteLength === 'number'
    const into = isLength ? new Uint8Array(toInteger(byteLength)) : viewOf(byteLength)
    const read: ArrayBuffer | undefined = world('flash.read', partition, toInteger(byteOffset), into.length)
    if (read === undefined) throw new Error('read failed')
    into.set(new Uint8Array(read))
    return isLength ? (into.buffer as ArrayBuffer) : into.length
  }

  write(buffer: unknown, byteOffset: number): void {
    const partition = writable(this.native)
    // biome-ignore lint/complexity/noArguments: the C function throws
    requireArguments(arguments.length, 2)
    check(world('flash.write', partition, toInteger(byteOffset), bytesOf(buffer)))
  }

  status(): { size: number; blockLength: number; blocks: number } {
    const partition = opened(this.native)
    const size: number = world('flash.size', partition)
    const blockLength: number = world('flash.blockLength')
    return { size, blockLength, blocks: Math.floor(size / blockLength) }
  }

  get format(): string {
    return 'buffer'
  }

  set format(value: string) {
    if (String(value) !== 'buffer') throw new RangeError('invalid')
  }
}

function opened({ partition }: Native): string {
  checkOpen(partition !== undefined)
  return partition!
}

function writable(native: Native): string {
  const partition = opened(native)
  if (native.readOnly) throw new Error('read-only')
  return partition
}

class FlashPartitionIterator {
  #next = 0

  next(): { done: boolean; value: string | undefined } {
    const label: string | undefined = world('flash.label', this.#next)
    if (label !== undefined) this.#next++
    return { done: label === undefined, value: label }
  }

  return(): { done: boolean; value: undefined } {
    this.#next = Number.POSITIVE_INFINITY
    return { done: true, value: undefined }
  }
}

export default Object.freeze({
  open(options: Options): Flash {
    if (!has(options, 'path')) throw new Error('no path')
    const partition: string | undefined = world('flash.find', String(options.path))
    if (partition === undefined) throw new Error("can't find partition")
    const mode = has(options, 'mode') ? String(options.mode) : 'r+'
    if (mode !== 'r' && mode !== 'r+') throw new Error('invalid mode')
    if (formatOf(options, 'buffer') !== 'buffer') throw new RangeError('unsupported')
    const native: Native = { partition, readOnly: mode === 'r' }
    return Object.create(Flash.prototype, { native: { value: native } }) as Flash
  },
  [Symbol.iterator](): FlashPartitionIterator {
    return new FlashPartitionIterator()
  },
})
