import type { Hardware, Part } from './hardware.js'
import type { Netifs } from './netif.js'
import type { Host, Network } from './network.js'
import { type Arrival, End, type EndEvents, type Path } from './tcp-wire.js'

/* tcp.c: kTCPWritable ... kTCPOutput */
const WRITABLE = 1
const READABLE = 2
const ERROR = 4
const OUTPUT = 8

/** lwIP's pcb: one end of a connection, with whom, and whether lwIP has freed it. */
interface Pcb {
  readonly end: End
  /** The interface's address when the connection began. */
  readonly local: string
  readonly remote: { readonly address: string; readonly port: number }
  isFreed: boolean
}

/** TCPRecord */
interface Record {
  handle: number
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

interface ListenerRecord {
  readonly handle: number
  readonly port: number
  readonly pending: Pcb[]
  triggered: boolean
}

/** Data that was refused is offered again at a tick of lwIP's fast timer (esp-lwip: TCP_FAST_INTERVAL). */
const FAST_TICK = 250

/** LWIP_MAX_ACTIVE_TCP: connections, listeners and what is about to close (esp-lwip tcp.c:1902). */
const MOST_PCBS = 8
const FIRST_PORT = 49_152

/** MOD/modules/io/socket/lwip/tcp.c over lwIP. */
export class Tcp implements Part {
  readonly operations
  #hardware: Hardware
  #network: Network
  #netifs: Netifs
  #records = new Map<number, Record>()
  #listeners = new Map<number, ListenerRecord>()
  #pcbs = new Set<Pcb>()
  /** The SDK has let go of them, lwIP has not; the oldest first. */
  #closing = new Set<End>()
  #last = 0
  #port = FIRST_PORT

  constructor(hardware: Hardware, netifs: Netifs, network: Network) {
    this.#hardware = hardware
    this.#netifs = netifs
    this.#network = network
    netifs.onAddressLost = (address) => this.#abortAll(address)
    this.operations = {
      'tcp.alloc': () => this.#alloc(),
      'tcp.new': (handle: number) => this.#new(handle),
      'tcp.connect': (id: number, address: string, port: number, triggerable: number) =>
        this.#connect(id, address, port, triggerable),
      'tcp.canTake': (id: number) => this.#records.get(id)!.pcb !== undefined,
      'tcp.take': (id: number, from: number, triggerable: number) => this.#take(id, from, triggerable),
      'tcp.close': (id: number) => this.#close(id),
      'tcp.deliver': (id: number) => this.#deliver(id),
      'tcp.state': (id: number) => this.#state(id),
      'tcp.room': (id: number) => this.#records.get(id)?.pcb?.end.room ?? 0,
      'tcp.available': (id: number) => available(this.#records.get(id)!),
      'tcp.read': (id: number, count: number) => this.#read(id, count),
      'tcp.isReady': (id: number) => this.#records.get(id)!.ready,
      'tcp.write': (id: number, bytes: ArrayBuffer) => this.#write(id, new Uint8Array(bytes)),
      'tcp.remote': (id: number, what: 'address' | 'port') => this.#remote(id)?.[what],
      'tcp.release': (id: number) => this.#release(id),
      'listener.new': (handle: number, port: number) => this.#listen(handle, port),
      'listener.close': (id: number) => this.#closeListener(id),
      'listener.deliver': (id: number) => this.#deliverListener(id),
      'listener.hasPending': (id: number) => this.#listeners.get(id)!.pending.length > 0,
      'listener.read': (id: number, tcp: number) => this.#readListener(id, tcp),
    }
  }

  reset(): void {
    for (const end of [...this.#closing, ...[...this.#pcbs].map((pcb) => pcb.end)]) end.vanish()
    this.#pcbs.clear()
    this.#closing.clear()
    this.#records.clear()
    this.#listeners.clear()
  }

  /** A connection from outside to a port of the device. */
  connectFrom(host: Host, port: number, events: EndEvents): End {
    const remote = { address: host.address, port: this.#port++ }
    return End.open(this.#hardware.clock, this.#pathTo(host), events, (end) => this.#arrive(port, end, remote))
  }

  #arrive(port: number, end: End, remote: Pcb['remote']): Arrival {
    const listener = [...this.#listeners.values()].find((candidate) => candidate.port === port)
    if (listener === undefined) return 'refuse'
    return this.#alloc() ? this.#accept(listener, end, remote) : 'ignore'
  }

  #pathTo(host: Host | undefined, address = host!.address): Path {
    const netifs = this.#netifs
    return {
      get latency() {
        return host?.latency ?? 0
      },
      passes: (hasPayload) => host !== undefined && netifs.reaches(address) && host.passes(hasPayload),
    }
  }

  /** tcp_alloc: where there is no room, what is about to close is forgotten. */
  #alloc(): boolean {
    for (const end of this.#closing) if (end.isDead) this.#closing.delete(end)
    const total = () => this.#pcbs.size + this.#listeners.size + this.#closing.size
    if (total() >= MOST_PCBS) {
      for (const end of this.#closing) {
        end.vanish()
        this.#closing.delete(end)
        break
      }
    }
    return total() < MOST_PCBS
  }

  #abortAll(local: string): void {
    for (const pcb of this.#pcbs) {
      if (pcb.local !== local) continue
      const { events } = pcb.end
      pcb.end.abort()
      events.onAbort()
    }
  }

  #new(handle: number): number {
    const id = ++this.#last
    this.#records.set(id, {
      handle,
      pcb: undefined,
      buffers: [],
      offset: 0,
      triggerable: 0,
      triggered: 0,
      uses: 1,
      error: false,
      ready: false,
    })
    return id
  }

  #connect(id: number, address: string, port: number, triggerable: number): void {
    const record = this.#records.get(id)!
    record.triggerable = triggerable
    // tcp_connect_safe does not wait for lwIP's answer: without a way there nothing is ever told.
    const netif = this.#netifs.route(address)
    const host = this.#network.find(address)
    const events: EndEvents = {
      ...this.#eventsOf(record, () => record.pcb!),
      onConnected: () => {
        record.ready = true
        this.#trigger(id, WRITABLE)
      },
    }
    const path = netif === undefined ? { latency: 0, passes: () => false } : this.#pathTo(host, address)
    const end = End.open(this.#hardware.clock, path, events, (other) => host!.arrive(port, other))
    record.pcb = this.#pcb(end, netif?.address ?? '', { address, port })
    if (netif === undefined) end.vanish()
  }

  #pcb(end: End, local: string, remote: Pcb['remote']): Pcb {
    const pcb = { end, local, remote, isFreed: false }
    this.#pcbs.add(pcb)
    return pcb
  }

  // tcpReceive, tcpSent, tcpError
  #eventsOf(record: Record, pcb: () => Pcb): EndEvents {
    const id = this.#idOf(record)
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
        this.#free(pcb())
        this.#removeCallbacks(record)
        record.pcb = undefined
        if (record.triggerable & ERROR) this.#trigger(id, ERROR)
      },
    }
  }

  #free(pcb: Pcb): void {
    pcb.isFreed = true
    this.#pcbs.delete(pcb)
  }

  #idOf(record: Record): number {
    for (const [id, other] of this.#records) if (other === record) return id
    throw new Error('no such TCP record')
  }

  /** lwIP frees such a pcb without telling anybody. */
  #removeCallbacks(record: Record): void {
    const { pcb } = record
    record.triggerable &= ~WRITABLE
    if (pcb === undefined || pcb.isFreed) return
    pcb.end.events = {
      onData: (bytes) => {
        pcb.end.consume(bytes.length)
        return true
      },
      onFin: () => {
        pcb.end.close()
        this.#free(pcb)
      },
      onAbort: () => this.#free(pcb),
    }
  }

  /** The handle of the first socket, where the native side has let go of it. */
  #take(id: number, fromId: number, triggerable: number): number | undefined {
    const record = this.#records.get(id)!
    const from = this.#records.get(fromId)!
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
    from.triggered = 0
    const handle = this.#close(fromId)
    if (!pcb.isFreed) pcb.end.events = this.#eventsOf(record, () => pcb)
    if (triggered !== 0) this.#trigger(id, triggered)
    return handle
  }

  // doClose
  #close(id: number): number | undefined {
    const record = this.#records.get(id)!
    record.ready = false
    this.#removeCallbacks(record)
    record.triggerable = 0
    record.triggered = 0
    return this.#release(id)
  }

  // tcpRelease, xs_tcp_destructor
  #release(id: number): number | undefined {
    const record = this.#records.get(id)
    if (record === undefined || --record.uses > 0) return undefined
    this.#records.delete(id)
    const { pcb } = record
    if (pcb !== undefined) this.#closePcb(pcb, 'tcp_close of a connection that is gone')
    return record.handle
  }

  #closePcb(pcb: Pcb, fault: string): void {
    if (pcb.isFreed) return void this.#hardware.faults.push(`use after free: ${fault}`)
    pcb.end.close()
    this.#free(pcb)
    if (!pcb.end.isDead) this.#closing.add(pcb.end)
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
    const record = this.#records.get(id)!
    let { triggered } = record
    record.triggered = 0
    if (triggered & ERROR) {
      triggered &= ~(OUTPUT | WRITABLE)
      record.error = true
      record.ready = false
    }
    if (triggered & OUTPUT && record.pcb !== undefined) this.#use(record.pcb)?.output()
    return triggered
  }

  #state(id: number): number {
    const { error, buffers, triggerable, pcb } = this.#records.get(id)!
    return (error ? 1 : 0) | (buffers.length > 0 ? 2 : 0) | (pcb !== undefined ? 4 : 0) | (triggerable << 3)
  }

  #use(pcb: Pcb): End | undefined {
    if (!pcb.isFreed) return pcb.end
    this.#hardware.faults.push('use after free: a connection that is gone')
    return undefined
  }

  #read(id: number, count: number): ArrayBuffer {
    const record = this.#records.get(id)!
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
      if (record.pcb !== undefined) this.#use(record.pcb)?.consume(buffer.length)
      if (record.buffers.length === 0 && record.error) this.#trigger(id, ERROR)
    }
    return out.buffer
  }

  /** Room that is left, or why not: -1 would block, -2 an error that was told. */
  #write(id: number, bytes: Uint8Array): number {
    const record = this.#records.get(id)!
    if (record.error || record.pcb === undefined) return -2
    const end = this.#use(record.pcb)
    if (end === undefined) return -2
    if (bytes.length > end.room) return -1
    end.write(bytes)
    this.#trigger(id, OUTPUT)
    return end.room
  }

  #remote(id: number): Pcb['remote'] | undefined {
    const { pcb } = this.#records.get(id)!
    if (pcb === undefined) this.#hardware.crash('remoteAddress of a connection that is gone')
    return pcb?.remote
  }

  #listen(handle: number, port: number): number | string {
    for (const listener of this.#listeners.values()) if (listener.port === port) return 'socket bind'
    const id = ++this.#last
    this.#listeners.set(id, { handle, port, pending: [], triggered: false })
    return id
  }

  #accept(listener: ListenerRecord, end: End, remote: Pcb['remote']): EndEvents {
    const pcb = this.#pcb(end, this.#netifs.route(remote.address)?.address ?? '', remote)
    return {
      onConnected: () => {
        listener.pending.push(pcb)
        if (listener.triggered) return
        listener.triggered = true
        this.#hardware.post('listener', listener.handle)
      },
      // listenerReceive wants nothing before read(); an error is told to nobody.
      onData: () => false,
      onFin() {},
      onAbort: () => this.#free(pcb),
    }
  }

  #deliverListener(id: number): number {
    const listener = this.#listeners.get(id)
    if (listener === undefined) return 0
    listener.triggered = false
    return listener.pending.length
  }

  #readListener(id: number, tcpId: number): void {
    const pcb = this.#listeners.get(id)!.pending.shift()!
    const record = this.#records.get(tcpId)!
    record.pcb = pcb
    record.ready = true
    if (pcb.isFreed) return void this.#hardware.faults.push('use after free: read() of a connection that was reset')
    pcb.end.events = this.#eventsOf(record, () => pcb)
    this.#hardware.clock.set(() => pcb.end.redeliver(), FAST_TICK)
  }

  #closeListener(id: number): number {
    const listener = this.#listeners.get(id)!
    this.#listeners.delete(id)
    if (listener.triggered) this.#hardware.faults.push('use after free: a message to a listener that was closed')
    for (const pcb of listener.pending) this.#closePcb(pcb, 'a listener closes a connection that was reset')
    return listener.handle
  }
}

function available({ buffers, offset }: Record): number {
  return buffers.reduce((sum, { length }) => sum + length, -offset)
}
