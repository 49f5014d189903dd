import type { VirtualClock } from '../../../twin/clock.js'
import { End, type EndEvents, type Path } from './tcp-wire.js'

/** An address and a port that a datagram came from. */
export interface Sender {
  readonly address: string
  readonly port: number
}

/** Takes a connection: what is to be told of it. Undefined refuses. */
export type Accept = (end: End) => EndEvents | undefined
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
  readonly tcp = new Map<number, Accept>()
  readonly udp = new Map<number, Receive>()
  readonly connections = new Set<End>()

  constructor(address: string) {
    this.address = address
  }

  passes(hasPayload: boolean): boolean {
    if (hasPayload && this.packets++ === this.breakAt) this.cut()
    return this.passing
  }

  /** Every connection breaks, and both ends hear of it. */
  cut(): void {
    for (const end of [...this.connections]) {
      this.connections.delete(end)
      const { events } = end
      end.abort()
      events.onAbort()
    }
  }
}

/** What lies behind the device's interfaces. */
export class Network {
  readonly clock: VirtualClock
  readonly names = new Map<string, string>()
  /** Whether the DNS servers answer. */
  resolving = true
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

  /** A connection from the device to a host. Where there is none nothing answers. */
  connect(address: string, port: number, up: () => boolean, events: EndEvents): End {
    const host = this.find(address)
    const path: Path = {
      latency: host?.latency ?? 0,
      passes: (hasPayload) => host !== undefined && up() && host.passes(hasPayload),
    }
    return End.open(this.clock, path, events, (end) => {
      const accept = host!.reachable ? host!.tcp.get(port) : undefined
      const accepted = accept?.(end)
      if (accepted !== undefined) host!.connections.add(end)
      return accepted
    })
  }
}
