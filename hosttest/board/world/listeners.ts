import type { Hardware, Part } from './hardware.js'
import type { Netifs } from './netif.js'
import type { Host } from './network.js'
import type { Pcb, Pcbs, Remote } from './pcbs.js'
import type { Tcp } from './tcp.js'
import { type Arrival, End, type EndEvents } from './tcp-wire.js'

/** ListenerRecord */
interface Record {
  readonly handle: number
  readonly port: number
  readonly pending: Pcb[]
  /** A message is on its way. */
  isTriggered: boolean
}

/** At a tick of lwIP's fast timer data that was refused is offered again, and an end that was refused is answered (esp-lwip tcp.c:1504, 1514). */
const FAST_TICK = 250
const FIRST_PORT = 49_152

/** The second half of MOD/modules/io/socket/lwip/tcp.c: TCP in the listening role. */
export class Listeners implements Part {
  readonly operations
  #hardware: Hardware
  #netifs: Netifs
  #pcbs: Pcbs
  #records = new Map<number, Record>()
  #last = 0
  #port = FIRST_PORT

  constructor(hardware: Hardware, netifs: Netifs, pcbs: Pcbs, tcp: Tcp) {
    this.#hardware = hardware
    this.#netifs = netifs
    this.#pcbs = pcbs
    this.operations = {
      'listener.new': (handle: number, port: number) => this.#listen(handle, port),
      'listener.close': (id: number) => this.#close(id),
      'listener.deliver': (id: number) => this.#deliver(id),
      'listener.read': (id: number) => this.#read(id, tcp),
    }
  }

  reset(): void {
    this.#records.clear()
  }

  /** A connection from outside to a port of the device. */
  connectFrom(host: Host, port: number, events: EndEvents): End {
    const remote = { address: host.address, port: this.#port++ }
    const arrive = (end: End) => this.#arrive(port, end, remote)
    return End.open(this.#hardware.clock, this.#pcbs.pathTo(host), events, arrive)
  }

  #arrive(port: number, end: End, remote: Remote): Arrival {
    for (const record of this.#records.values())
      if (record.port === port) return this.#pcbs.hasRoom() ? this.#accept(record, end, remote) : 'ignore'
    return 'refuse'
  }

  // listenerAccept
  #accept(record: Record, end: End, remote: Remote): EndEvents {
    const pcb = this.#pcbs.add(end, this.#netifs.route(remote.address)?.address ?? '', remote)
    return {
      onConnected: () => {
        record.pending.push(pcb)
        if (record.isTriggered) return
        record.isTriggered = true
        this.#hardware.post('listener', record.handle)
      },
      // listenerReceive wants nothing before read(), not even the end (tcp.c:828); an error is told to nobody.
      onData: () => false,
      onFin: () => this.#hardware.clock.set(() => end.closeByItself(), FAST_TICK),
      onAbort() {},
    }
  }

  #listen(handle: number, port: number): number | string {
    for (const record of this.#records.values()) if (record.port === port) return 'socket bind'
    if (!this.#pcbs.hasRoom()) return 'no socket'
    this.#pcbs.listening++
    this.#records.set(++this.#last, { handle, port, pending: [], isTriggered: false })
    return this.#last
  }

  // listenerDeliver
  #deliver(id: number): number {
    const record = this.#records.get(id)!
    record.isTriggered = false
    return record.pending.length
  }

  /** Gives a connection to the socket that was made last; false when there is none. */
  #read(id: number, tcp: Tcp): boolean {
    const pcb = this.#records.get(id)!.pending.shift()
    if (pcb === undefined) return false
    tcp.accept(pcb)
    if (!pcb.isFreed) this.#hardware.clock.set(() => pcb.end.redeliver(), FAST_TICK)
    return true
  }

  #close(id: number): number {
    const { handle, pending, isTriggered } = this.#records.get(id)!
    this.#records.delete(id)
    this.#pcbs.listening--
    if (isTriggered) this.#hardware.faults.push('use after free: a message to a listener that was closed')
    for (const pcb of pending) this.#pcbs.close(pcb, 'a listener closes a connection that was reset')
    return handle
  }
}
