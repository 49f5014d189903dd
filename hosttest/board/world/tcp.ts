import type { Hardware, Part } from './hardware.js'
import type { Network } from './network.js'
import type { Pcb, Pcbs, Remote } from './pcbs.js'
import type { EndEvents } from './tcp-wire.js'

/* kTCPWritable, kTCPReadable, kTCPError, kTCPOutput */
const WRITABLE = 1
const READABLE = 2
const ERROR = 4
const OUTPUT = 8

/** TCPRecord */
interface Record {
  readonly handle: number
  pcb: Pcb | undefined
  buffers: Uint8Array[]
  /** Consumed of the first buffer. */
  offset: number
  triggerable: number
  triggered: number
  uses: number
  error: boolean
  ready: boolean
}

/* Why write() took nothing. */
const WOULD_BLOCK = -1
const FAILED = -2

/** The native side of MOD/modules/io/socket/lwip/tcp.c, whose names its methods have. */
export class Tcp implements Part {
  readonly operations
  #hardware: Hardware
  #network: Network
  #pcbs: Pcbs
  #records = new Map<number, Record>()
  #last = 0

  constructor(hardware: Hardware, network: Network, pcbs: Pcbs) {
    this.#hardware = hardware
    this.#network = network
    this.#pcbs = pcbs
    this.operations = {
      'tcp.hasRoom': () => pcbs.hasRoom(),
      'tcp.new': (handle: number) => this.#new(handle),
      'tcp.connect': (id: number, address: string, port: number, triggerable: number) =>
        this.#connect(id, { address, port }, triggerable),
      'tcp.canTake': (id: number) => this.#at(id).pcb !== undefined,
      'tcp.take': (id: number, from: number, triggerable: number) => this.#take(id, from, triggerable),
      'tcp.close': (id: number) => this.#close(id),
      'tcp.deliver': (id: number) => this.#deliver(id),
      'tcp.state': (id: number) => this.#state(id),
      'tcp.room': (id: number) => this.#at(id).pcb?.end.room ?? 0,
      'tcp.available': (id: number) => available(this.#at(id)),
      'tcp.read': (id: number, count: number) => this.#read(id, count),
      'tcp.isReady': (id: number) => this.#at(id).ready,
      'tcp.write': (id: number, bytes: ArrayBuffer) => this.#write(id, new Uint8Array(bytes)),
      'tcp.remote': (id: number, what: 'address' | 'port') => this.#remote(id)?.[what],
      'tcp.release': (id: number) => this.#release(id),
    }
  }

  reset(): void {
    this.#pcbs.reset()
    this.#records.clear()
  }

  /** xs_listener_read: the socket that was made last gets a connection. */
  accept(pcb: Pcb): void {
    const id = this.#last
    const record = this.#at(id)
    record.pcb = pcb
    record.ready = true
    const end = this.#pcbs.use(pcb, 'read() of a connection that was reset or closed')
    if (end !== undefined) end.events = this.#eventsOf(id)
  }

  #at(id: number): Record {
    return this.#records.get(id)!
  }

  #new(handle: number): number {
    const fresh = { pcb: undefined, buffers: [], offset: 0, triggerable: 0, triggered: 0, error: false, ready: false }
    this.#records.set(++this.#last, { ...fresh, handle, uses: 1 })
    return this.#last
  }

  #connect(id: number, remote: Remote, triggerable: number): void {
    const record = this.#at(id)
    record.triggerable = triggerable
    const onConnected = () => {
      record.ready = true
      this.#trigger(id, WRITABLE)
    }
    record.pcb = this.#pcbs.open(remote, this.#network.find(remote.address), { ...this.#eventsOf(id), onConnected })
  }

  // tcpReceive, tcpSent, tcpError
  #eventsOf(id: number): EndEvents {
    const record = this.#at(id)
    return {
      onData: (bytes) => {
        record.buffers.push(bytes)
        if (record.triggerable & READABLE) this.#trigger(id, READABLE)
        return true
      },
      onSent: () => {
        if (record.triggerable & WRITABLE) this.#trigger(id, WRITABLE)
      },
      onFin: () => {
        this.#removeCallbacks(record)
        this.#trigger(id, ERROR)
      },
      onAbort: () => {
        this.#removeCallbacks(record)
        record.pcb = undefined
        if (record.triggerable & ERROR) this.#trigger(id, ERROR)
      },
    }
  }

  /** What comes from now on is lwIP's own to answer, and the record is not told when it frees the connection. */
  #removeCallbacks({ pcb }: Record): void {
    if (pcb === undefined || pcb.isFreed) return
    const { end } = pcb
    end.events = {
      onData: (bytes) => {
        end.consume(bytes.length)
        return true
      },
      onFin: () => end.close(),
      onAbort() {},
    }
  }

  /** The handle of the first socket, where the native side has let go of it. */
  #take(id: number, fromId: number, triggerable: number): number | undefined {
    const record = this.#at(id)
    const from = this.#at(fromId)
    const pcb = from.pcb!
    record.pcb = pcb
    record.buffers = from.buffers
    record.offset = from.offset
    record.ready = from.ready
    record.triggerable = triggerable
    let { triggered } = from
    if (triggerable & WRITABLE && pcb.end.room > 0) triggered |= WRITABLE
    if (triggerable & READABLE && record.buffers.length > 0) triggered |= READABLE
    from.pcb = undefined
    from.buffers = []
    const handle = this.#close(fromId)
    if (!pcb.isFreed) pcb.end.events = this.#eventsOf(id)
    if (triggered !== 0) this.#trigger(id, triggered)
    return handle
  }

  // doClose
  #close(id: number): number | undefined {
    const record = this.#at(id)
    record.ready = false
    this.#removeCallbacks(record)
    record.triggerable = record.triggered = 0
    return this.#release(id)
  }

  // tcpRelease, xs_tcp_destructor
  #release(id: number): number | undefined {
    const record = this.#at(id)
    if (--record.uses > 0) return undefined
    this.#records.delete(id)
    if (record.pcb !== undefined) this.#pcbs.close(record.pcb, 'tcp_close of a connection that is gone')
    return record.handle
  }

  #trigger(id: number, trigger: number): void {
    const record = this.#records.get(id)
    if (record === undefined) return
    const { triggered } = record
    record.triggered |= trigger
    if (triggered !== 0) return
    record.uses++
    this.#hardware.post('tcp', record.handle)
  }

  /** The first half of tcpDeliver: what has happened. */
  #deliver(id: number): number {
    const record = this.#at(id)
    let { triggered } = record
    record.triggered = 0
    if (triggered & ERROR) {
      triggered &= ~(OUTPUT | WRITABLE)
      record.error = true
      record.ready = false
    }
    if (triggered & OUTPUT && record.pcb !== undefined) this.#pcbs.use(record.pcb, 'tcp_output')?.output()
    return triggered
  }

  #state(id: number): number {
    const { error, buffers, triggerable, pcb } = this.#at(id)
    return (error ? 1 : 0) | (buffers.length > 0 ? 2 : 0) | (pcb !== undefined ? 4 : 0) | (triggerable << 3)
  }

  #read(id: number, count: number): ArrayBuffer {
    const record = this.#at(id)
    const out = new Uint8Array(count)
    let at = 0
    while (at < count) {
      const buffer = record.buffers[0]!
      const part = buffer.subarray(record.offset, record.offset + count - at)
      out.set(part, at)
      at += part.length
      record.offset += part.length
      if (record.offset < buffer.length) break
      record.buffers.shift()
      record.offset = 0
      if (record.pcb !== undefined) this.#pcbs.use(record.pcb, 'tcp_recved')?.consume(buffer.length)
      if (record.buffers.length === 0 && record.error) this.#trigger(id, ERROR)
    }
    return out.buffer
  }

  /** Room that is left, or why there is none. */
  #write(id: number, bytes: Uint8Array): number {
    const { error, pcb } = this.#at(id)
    const end = error || pcb === undefined ? undefined : this.#pcbs.use(pcb, 'tcp_write')
    if (end === undefined) return FAILED
    if (bytes.length > end.room) return WOULD_BLOCK
    // With its own end sent, lwIP takes no more either.
    if (end.isClosed || !end.hasQueueFor(bytes.length)) {
      this.#trigger(id, ERROR)
      return FAILED
    }
    end.write(bytes)
    this.#trigger(id, OUTPUT)
    return end.room
  }

  #remote(id: number): Remote | undefined {
    const { pcb } = this.#at(id)
    if (pcb === undefined) this.#hardware.crash('remoteAddress of a connection that is gone')
    return pcb?.remote
  }
}

function available({ buffers, offset }: Record): number {
  return buffers.reduce((sum, { length }) => sum + length, -offset)
}
