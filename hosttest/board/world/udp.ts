import type { Hardware, Part } from './hardware.js'
import type { Netifs } from './netif.js'
import type { Host, Network, Sender } from './network.js'

interface Datagram {
  readonly bytes: Uint8Array
  readonly from: Sender
}

interface Socket {
  readonly port: number
  receive(datagram: Datagram): void
}

/** lwIP's UDP: ports of the device. */
export class Datagrams {
  #sockets = new Map<number, Socket>()
  #hardware: Hardware
  #netifs: Netifs
  #network: Network
  #ephemeral = 49_152

  constructor(hardware: Hardware, netifs: Netifs, network: Network) {
    this.#hardware = hardware
    this.#netifs = netifs
    this.#network = network
  }

  clear(): void {
    this.#sockets.clear()
  }

  /** False when the port is in use. */
  bind(port: number, receive: (datagram: Datagram) => void): Socket | undefined {
    const bound = port === 0 ? this.#ephemeral++ : port
    if (this.#sockets.has(bound)) return undefined
    const socket = { port: bound, receive }
    this.#sockets.set(bound, socket)
    return socket
  }

  remove(socket: Socket): void {
    this.#sockets.delete(socket.port)
  }

  /** False when there is no way to the address. */
  send(socket: Socket, bytes: Uint8Array, address: string, port: number): boolean {
    const netif = this.#netifs.route(address)
    if (netif === undefined) return false
    const host = this.#network.find(address)
    if (host === undefined || !this.#netifs.reaches(address) || !host.passes(true)) return true
    const from = { address: netif.address, port: socket.port }
    this.#hardware.clock.set(() => {
      host.udp.get(port)?.(bytes, from, (answer) => this.#answer(host, port, socket.port, answer))
    }, host.latency)
    return true
  }

  /** From outside to a port of the device. */
  sendFrom(host: Host, hostPort: number, port: number, bytes: Uint8Array): void {
    this.#answer(host, hostPort, port, bytes)
  }

  #answer(host: Host, hostPort: number, port: number, bytes: Uint8Array): void {
    if (!host.passes(true)) return
    this.#hardware.clock.set(() => {
      if (!this.#netifs.reaches(host.address)) return
      this.#sockets.get(port)?.receive({ bytes, from: { address: host.address, port: hostPort } })
    }, host.latency)
  }
}

interface Record {
  readonly handle: number
  /** More are not kept: the oldest goes. */
  readonly most: number
  socket: Socket
  packets: Datagram[]
  last: Sender
  isPending: boolean
}

/** MOD/modules/io/socket/lwip/udp.c, and of MOD/modules/network/socket/lwip/modSocket.c what is UDP. */
export class Udp implements Part {
  readonly datagrams: Datagrams
  readonly operations
  #hardware: Hardware
  #records = new Map<number, Record>()
  #last = 0

  constructor(hardware: Hardware, netifs: Netifs, network: Network) {
    this.#hardware = hardware
    this.datagrams = new Datagrams(hardware, netifs, network)
    this.operations = {
      'udp.new': (handle: number, port: number, most: number) => this.#new(handle, port, most),
      'udp.tell': (id: number) => this.#tell(this.#records.get(id)!),
      'udp.close': (id: number) => this.#close(id),
      'udp.deliver': (id: number) => this.#deliver(id),
      'udp.read': (id: number) => this.#read(id),
      'udp.address': (id: number) => this.#records.get(id)!.last.address,
      'udp.port': (id: number) => this.#records.get(id)!.last.port,
      'udp.write': (id: number, bytes: ArrayBuffer, address: string, port: number) =>
        this.datagrams.send(this.#records.get(id)!.socket, new Uint8Array(bytes), address, port),
    }
  }

  reset(): void {
    this.datagrams.clear()
    this.#records.clear()
  }

  #new(handle: number, port: number, most: number): number {
    const id = ++this.#last
    const socket = this.datagrams.bind(port, (datagram) => {
      const record = this.#records.get(id)!
      record.packets.push(datagram)
      if (record.packets.length > record.most) record.packets.shift()
      this.#tell(record)
    })
    if (socket === undefined) return 0
    this.#records.set(id, { handle, most, socket, packets: [], last: { address: '', port: 0 }, isPending: false })
    return id
  }

  #tell(record: Record): void {
    if (record.isPending || record.packets.length === 0) return
    record.isPending = true
    this.#hardware.post('udp', record.handle)
  }

  #close(id: number): number {
    const { socket, handle } = this.#records.get(id)!
    this.datagrams.remove(socket)
    this.#records.delete(id)
    return handle
  }

  #deliver(id: number): number {
    const record = this.#records.get(id)
    if (record === undefined) return 0
    record.isPending = false
    return record.packets.length
  }

  #read(id: number): ArrayBuffer | undefined {
    const record = this.#records.get(id)!
    const packet = record.packets.shift()
    if (packet === undefined) return undefined
    record.last = packet.from
    return packet.bytes.slice().buffer
  }
}
