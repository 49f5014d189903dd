import '../../xs/shim/buffer.js'
import { equal, ok } from '../../xs/shim/assert.js'
import { Board } from './board.js'
import { isWell, sampled, setUp, until } from './journey.js'
import { CLOSE_NOTIFY, TlsServer } from './tls-server.js'

const MINUTE = 60_000
const PORT = 8883

/** The type of a packet, MQTT 3.1.1, 2.2.1. */
const PUBLISH = 3

export interface Chains {
  /** SHA-256 of the trusted certificate. */
  readonly pinned: string
  readonly good: readonly string[]
  /** Others, and what the board says of each. */
  readonly bad: readonly (readonly [chain: readonly string[], reason: string])[]
}

/** A board that is set up for a broker with TLS samples over it, and trusts no other. Prints `well`. */
export async function overTls({ pinned, good, bad }: Chains, flags: Readonly<Record<string, string>>): Promise<void> {
  const board = new Board({ flags })
  const { clock, hardware, outside } = board
  const { broker } = outside
  const server = new TlsServer()
  broker.tcp.set(PORT, server.before(broker.tcp.get(1883)!))
  broker.tcp.delete(1883)
  server.chain = good
  let publishRecords = 0
  server.onRecord = (content) => {
    if (isPublish(content)) publishRecords++
  }
  hardware.powerOn()
  await setUp(board, `essid=twin&passwd=simulated&mqtthost=broker&mqttport=${PORT}&mqttcertificate=${pinned}`)
  await until(board, 'a sample over TLS', () => sampled(board) > 0, 2 * MINUTE)
  await clock.run(10 * MINUTE)
  isWell(board)
  ok(sampled(board) >= 9, `${sampled(board)} samples in 10 minutes`)
  const published = broker.received.filter((type) => type === PUBLISH).length
  equal(publishRecords, published, 'records that hold a PUBLISH and nothing else')

  for (const [chain, reason] of bad) {
    server.chain = chain
    broker.cut()
    const before = broker.logins.length
    const opened = server.opened
    await clock.run(3 * MINUTE)
    equal(broker.logins.length, before, `nobody logs in at a broker of which the board says: ${reason}`)
    equal(server.opened, opened)
    ok(
      hardware.traced.some((line) => line.includes(reason)),
      `the board says: ${reason}`,
    )
    isWell(board)
  }
  server.instead = CLOSE_NOTIFY
  broker.cut()
  await clock.run(3 * MINUTE)
  equal(server.inPlain, 0, 'records with data before the handshake was done')

  server.instead = undefined
  server.chain = good
  const before = sampled(board)
  await until(board, 'the samples that have waited', () => sampled(board) > before + 3, 10 * MINUTE)
  isWell(board)
  hardware.powerOff()
  await clock.run(MINUTE)
  hardware.powerOn()
  const stored = sampled(board)
  await until(board, 'a sample from the stored settings', () => sampled(board) > stored, 3 * MINUTE)
  isWell(board)
  print('well')
}

/** Exactly one PUBLISH, whose length takes one byte or two. */
function isPublish(content: Uint8Array): boolean {
  const [first = 0, low = 0, high = 0] = content
  const length = low < 0x80 ? 2 + low : 3 + (low & 0x7f) + (high << 7)
  return first >> 4 === PUBLISH && content.length === length
}

/** An image without TLS that was built for a broker with it calls nobody. Prints `well`. */
export async function withoutTls(flags: Readonly<Record<string, string>>): Promise<void> {
  const board = new Board({ flags })
  const { clock, hardware, outside } = board
  const { broker } = outside
  broker.tcp.set(PORT, broker.tcp.get(1883)!)
  hardware.powerOn()
  await setUp(board, 'essid=twin&passwd=simulated')
  await clock.run(5 * MINUTE)
  ok(
    hardware.traced.some((line) => line.includes(`connecting to broker:${PORT}`)),
    'it knows its broker',
  )
  ok(
    hardware.traced.some((line) => line.includes('this build has no TLS')),
    'it says why it does not call it',
  )
  equal(broker.connections, 0)
  isWell(board)
  print('well')
}
