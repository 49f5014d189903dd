import type { Hardware } from './hardware.js'
import type { Netifs } from './netif.js'
import type { Host } from './network.js'
import { End, type EndEvents, type Path } from './tcp-wire.js'

/** The other side of a connection. */
export interface Remote {
  readonly address: string
  readonly port: number
}

/** What lwIP has for one TCP connection, and the SDK's native code a pointer to. */
export interface Pcb {
  readonly end: End
  /** The interface's address when the connection began. */
  readonly local: string
  readonly remote: Remote
  /** lwIP has freed it, whoever still points to it. */
  isFreed: boolean
}

/** LWIP_MAX_ACTIVE_TCP: connections, listeners and what is about to close (esp-lwip tcp.c:1902). */
const MOST = 8

/** lwIP's TCP connections of the device. */
export class Pcbs {
  /** How many of them listen. */
  listening = 0
  #hardware: Hardware
  #netifs: Netifs
  #all = new Set<Pcb>()
  /** Nobody points to them any more; the oldest first. */
  #closing = new Set<Pcb>()

  constructor(hardware: Hardware, netifs: Netifs) {
    this.#hardware = hardware
    this.#netifs = netifs
    netifs.onAddressLost = (address) => this.#abortAll(address)
  }

  reset(): void {
    for (const { end } of this.#all) end.vanish()
    this.#all.clear()
    this.#closing.clear()
    this.listening = 0
  }

  /** tcp_alloc: whether there is room; what is about to close is forgotten for it. */
  hasRoom(): boolean {
    const oldest = this.#closing.values().next().value
    if (this.#total >= MOST && oldest !== undefined) {
      oldest.end.vanish()
      this.#free(oldest)
    }
    return this.#total < MOST
  }

  add(end: End, local: string, remote: Remote): Pcb {
    const pcb = { end, local, remote, isFreed: false }
    this.#all.add(pcb)
    end.onDead = () => this.#free(pcb)
    return pcb
  }

  /** A connection to a host, which need not be there. */
  open(remote: Remote, host: Host | undefined, events: EndEvents): Pcb {
    const netif = this.#netifs.route(remote.address)
    const path = host === undefined || netif === undefined ? NOWHERE : this.pathTo(host)
    const end = End.open(this.#hardware.clock, path, events, (other) => host!.arrive(remote.port, other))
    // tcp_connect_safe does not wait for lwIP's answer: without a way there nothing is ever told.
    if (netif === undefined) end.vanish()
    return this.add(end, netif?.address ?? '', remote)
  }

  pathTo(host: Host): Path {
    const netifs = this.#netifs
    return {
      get latency() {
        return host.latency
      },
      passes: (hasPayload) => netifs.reaches(host.address) && host.passes(hasPayload),
    }
  }

  /** What native code does with a pointer. */
  use(pcb: Pcb, what: string): End | undefined {
    if (!pcb.isFreed) return pcb.end
    this.#hardware.faults.push(`use after free: ${what}`)
    return undefined
  }

  /** tcp_close */
  close(pcb: Pcb, what: string): void {
    const end = this.use(pcb, what)
    if (end === undefined) return
    end.close()
    if (end.isDead) this.#free(pcb)
    else this.#closing.add(pcb)
  }

  get #total(): number {
    return this.#all.size + this.listening
  }

  #free(pcb: Pcb): void {
    pcb.isFreed = true
    this.#all.delete(pcb)
    this.#closing.delete(pcb)
  }

  #abortAll(local: string): void {
    for (const { end, local: own } of this.#all) {
      if (own !== local) continue
      const { events } = end
      end.abort()
      events.onAbort()
    }
  }
}

const NOWHERE: Path = { latency: 0, passes: () => false }
