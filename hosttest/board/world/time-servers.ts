import { Host, type Network } from './network.js'

/** Seconds from 1900 to 1970. */
const NTP_EPOCH = 2_208_988_800

/** Time servers whose clock was right when the world began and runs as fast as the world's. */
export class TimeServers extends Host {
  /** Nobody answers. */
  silent = false
  /** Packets that have arrived. */
  asked = 0
  /** What is answered in place of the time. */
  answer: ((request: Uint8Array) => Uint8Array) | undefined

  constructor(
    network: Network,
    unixAtStart: number,
    { address = '203.0.113.123', names = ['dk.pool.ntp.org'] as readonly string[] } = {},
  ) {
    super(address)
    network.add(this, ...names)
    const start = network.clock.now()
    this.udp.set(123, (request, _from, reply) => {
      this.asked++
      if (this.silent) return
      reply(this.answer?.(request) ?? answerTo(unixAtStart + network.clock.now() - start))
    })
  }
}

/** @param unix milliseconds */
export function answerTo(unix: number): Uint8Array {
  const packet = new Uint8Array(48)
  packet[0] = (4 << 3) | 4
  packet[1] = 2
  const view = new DataView(packet.buffer)
  view.setUint32(40, (Math.floor(unix / 1000) + NTP_EPOCH) % 2 ** 32)
  view.setUint32(44, Math.floor(((unix % 1000) / 1000) * 2 ** 32))
  return packet
}
