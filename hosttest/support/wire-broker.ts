import { generate, type Packet, parser } from 'mqtt-packet'
import type { MqttConnect } from '../../modules/ports/mqtt.js'
import type { VirtualClock } from '../../twin/clock.js'
import { WireClient } from '../../twin/mqtt-client.js'

/** Milliseconds, one way. */
const WAY = 10

/** A broker in bytes under the virtual clock, with one session, and with everything that a test writes between. */
export class WireBroker {
  /** Texts that it has taken over. */
  readonly messages: string[] = []
  connections = 0
  /** Whether its answer to a packet arrives, by the packet's name; it does as the packet says all the same. */
  answers: (command: string) => boolean = () => true
  /** Called with each packet of the device before it is answered. */
  onPacket: (command: string) => void = () => {}
  /** The ids of the device's last packets, by the packet's name. */
  readonly ids: Record<string, number> = {}
  #clock: VirtualClock
  #unreleased = new Map<number, string>()
  #known = false
  #write: (bytes: Uint8Array) => void = () => {}

  constructor(clock: VirtualClock) {
    this.#clock = clock
  }

  readonly connect: MqttConnect = (options) => {
    this.connections++
    let isOpen = true
    const travel = (arrive: () => void) => void this.#clock.set(() => isOpen && arrive(), WAY)
    const packets = parser({ protocolVersion: 4 })
    const client = new WireClient(options, {
      write: (bytes) => travel(() => void packets.parse(Buffer.from(bytes))),
      close: () => {
        isOpen = false
      },
    })
    const write = (bytes: Uint8Array) => travel(() => client.onData(bytes))
    this.#write = write
    packets.on('packet', (packet) => {
      if (!isOpen) return
      if ('messageId' in packet) this.ids[packet.cmd] = packet.messageId!
      this.onPacket(packet.cmd)
      const arrives = this.answers(packet.cmd)
      this.#answer(packet, (answer) => arrives && write(generate(answer)))
    })
    travel(() => client.onReached())
    return client
  }

  /** Anything at all, over the newest connection. */
  write(bytes: Uint8Array): void {
    this.#write(bytes)
  }

  #answer(packet: Packet, send: (packet: Packet) => void): void {
    switch (packet.cmd) {
      case 'connect':
        send({ cmd: 'connack', returnCode: 0, sessionPresent: this.#known })
        this.#known = true
        return
      case 'publish':
        this.#unreleased.set(packet.messageId!, packet.payload.toString())
        return send({ cmd: 'pubrec', messageId: packet.messageId! })
      case 'pubrel': {
        const text = this.#unreleased.get(packet.messageId!)
        this.#unreleased.delete(packet.messageId!)
        if (text !== undefined) this.messages.push(text)
        return send({ cmd: 'pubcomp', messageId: packet.messageId! })
      }
      case 'subscribe':
        return send({ cmd: 'suback', messageId: packet.messageId!, granted: [0] })
      case 'unsubscribe':
        return send({ cmd: 'unsuback', messageId: packet.messageId!, granted: [] })
      case 'pingreq':
        return send({ cmd: 'pingresp' })
    }
  }
}
