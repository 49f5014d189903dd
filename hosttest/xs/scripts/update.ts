import { fromHex, toHex } from '../../../modules/codec/hex.js'
import { decodeUtf8, encodeUtf8 } from '../../../modules/codec/utf8.js'
import type { Clock } from '../../../modules/ports/clock.js'
import type { SlotsPort } from '../../../modules/ports/slots.js'
import type { TcpConnect, TcpConnection, TcpEvents } from '../../../modules/ports/tcp.js'
import type { VerifierPort } from '../../../modules/ports/verifier.js'
import { encodeHead } from '../../../tools/signed-head.js'
import { Board } from './board.js'
import { measure } from './figures.js'
import { nativeFlash } from './native-flash.js'
import { plainWorld } from './world.js'

const LENGTH = 200_000
const SLOT_SECTORS = 0x190
const HASH = new Uint8Array(32).fill(0xab)
const IMAGE = { project: 'xs_esp32', chip: 'esp32', variant: 'none' }
const NEW = { ...IMAGE, version: '0.2.0', length: LENGTH, sha256: toHex(HASH) }
const ROUND_TRIP = 20

/** SHA-256 and ECDSA are native on the device; this returns what takes their place. */
const verifier: VerifierPort = {
  digest: () => ({ write() {}, close: () => HASH }),
  verify: () => true,
}

const slots: SlotsPort = {
  running: 0,
  isOnProbation: false,
  spare: nativeFlash(SLOT_SECTORS),
  startSpareNext: () => true,
  keep: () => true,
  giveUp() {},
}

const head = encodeHead(NEW, new Uint8Array(64).fill(1))

const HEADER = encodeUtf8(
  'HTTP/1.1 206 Partial Content\r\nServer: a server that says what most servers say\r\nDate: Mon, 01 Jun 2026 12:00:00 GMT\r\nContent-Type: application/octet-stream\r\nContent-Length: ',
)

const ENDLESS = encodeUtf8('X: y\r\n'.repeat(950))

/** A server whose answers arrive at once: as much as lwIP keeps for a socket, in one piece. */
class PlainServer implements TcpConnection {
  static isHostile = false
  #clock: Clock
  #events: TcpEvents | undefined
  #from = 0
  #to = 0

  constructor(clock: Clock, events: TcpEvents) {
    this.#clock = clock
    this.#events = events
    clock.set(() => this.#events?.onWritable(), ROUND_TRIP)
  }

  write(bytes: Uint8Array): number {
    const [, from, to] = /bytes=(\d+)-(\d+)/.exec(decodeUtf8(bytes))!
    this.#from = Number(from)
    this.#to = Number(to)
    this.#clock.set(this.#answer, ROUND_TRIP)
    return bytes.length
  }

  close(): void {
    this.#events = undefined
  }

  #answer = () => {
    if (PlainServer.isHostile) return this.#events?.onData(ENDLESS.slice())
    const length = this.#to - this.#from + 1
    const range = encodeUtf8(`${length}\r\nContent-Range: bytes ${this.#from}-${this.#to}/*\r\n\r\n`)
    const bytes = new Uint8Array(HEADER.length + range.length + length)
    bytes.set(HEADER)
    bytes.set(range, HEADER.length)
    if (this.#from === 0) bytes.set(head, HEADER.length + range.length)
    this.#events?.onData(bytes)
  }
}

const board: Board = new Board(
  plainWorld,
  {
    slots,
    verifier,
    image: { ...IMAGE, version: '0.1.0' },
    connectTcp: ((_host, _port, events) => new PlainServer(board.clock, events)) satisfies TcpConnect,
    flash: nativeFlash(192),
  },
  { UPDATE_KEY: toHex(new Uint8Array(64).fill(2)) },
)
const { clock, world } = board
const restarts = { count: 0 }
Object.assign(board.ports.system, { restart: () => restarts.count++ })

const command = () =>
  board.command('update', 'version=0.2.0&url=http://updates.example.org:8000/some/where/meterlogger')

async function run(): Promise<void> {
  if (fromHex(NEW.sha256)?.length !== HASH.length) throw new Error('hash')
  await measure('loaded', () => {})
  board.powerOn()
  await clock.run(100_000)
  await measure('sampling', () => clock.run(120_000), clock)
  PlainServer.isHostile = true
  command()
  await measure('ten minutes of a server that sends headers for ever', () => clock.run(600_000), clock)
  PlainServer.isHostile = false
  world.arrived()
  command()
  await measure('an update of 200 kB, fetched, checked and started', () => clock.run(120_000), clock)
  if (restarts.count !== 1) throw new Error(`${restarts.count} restarts`)
}

void run()
