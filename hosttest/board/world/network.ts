import type { VirtualClock } from '../../../twin/clock.js'
import { seededRandom } from '../../../twin/random.js'
import type { Arrival, End, Path } from './tcp-wire.js'

/** An address and a port that a datagram came from. */
export interface Sender {
  readonly address: string
  readonly port: number
}

/** Takes a connection: what is to be told of it. */
export type Accept = (end: End) => Arrival
export type Receive = (bytes: Uint8Array, from: Sender, reply: (bytes: Uint8Array) => void) => void

/** A machine with an address, and what can be wrong on the way to it. */
export class Host implements Path {
  readonly address: string
  /** Milliseconds, one way. */
  latency = 20
  /** Whether a connection can be opened; else it is refused at once. */
  reachable = true
  /** Without it the network swallows everything, and nobody is told. */
  passing = true
  /** Packets with a payload that crossed, either way. */
  packets = 0
  /** The network breaks in the place of the packet with this number, counted by `packets`. */
  breakAt = Number.POSITIVE_INFINITY
  /** The part of all packets that is lost. */
  loss = 0
  #random = seededRandom(1)
  readonly tcp = new Map<number, Accept>()
  readonly udp = new Map<number, Receive>()
  /** Its ends of the connections that there are. */
  readonly ends = new Set<End>()

  constructor(address: string) {
    this.address = address
  }

  passes(hasPayload: boolean): boolean {
    if (hasPayload && this.packets++ === this.breakAt) {
      this.cut()
      return false
    }
    return this.passing && (this.loss === 0 || this.#random() >= this.loss)
  }

  /** @internal a request for a connection has come */
  arrive(port: number, end: End): Arrival {
    for (const old of this.ends) if (old.isDead) this.ends.delete(old)
    const arrival = (this.reachable ? this.tcp.get(port)?.(end) : undefined) ?? 'refuse'
    if (typeof arrival === 'object') this.ends.add(end)
    return arrival
  }

  /** Every connection breaks, and both ends hear of it. */
  cut(): void {
    for (const end of this.ends) {
      if (end.isDead) continue
      const { events } = end
      end.abort()
      events.onAbort()
    }
    this.ends.clear()
  }
}

/** What lies behind the device's interfaces. */
export class Network {
  readonly clock: VirtualClock
  readonly names = new Map<string, string>()
  /** Whether the DNS servers answer. */
  resolving = true
  /** Milliseconds that their answers are good for. */
  timeToLive = 300_000
  #hosts = new Map<string, Host>()

  constructor(clock: VirtualClock) {
    this.clock = clock
  }

  add<T extends Host>(host: T, ...names: readonly string[]): T {
    this.#hosts.set(host.address, host)
    for (const name of names) this.names.set(name, host.address)
    return host
  }

  remove(host: Host): void {
    this.#hosts.delete(host.address)
  }

  find(address: string): Host | undefined {
    return this.#hosts.get(address)
  }
}
