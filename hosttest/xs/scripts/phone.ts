import type { Connection, ConnectionEvents } from '../../../modules/ports/listener.js'
import { PHONE } from '../../support/portal.js'
import type { TurnClock } from './turns.js'

/** What lwIP's socket takes before the first acknowledgment, and how long that is on its way. */
const ROOM = 5_760
const ROUND_TRIP = 10

/** A phone that reads and keeps nothing. */
class Phone implements Connection {
  readonly address = PHONE
  events!: ConnectionEvents
  isClosed = false
  bytes = 0
  #clock: TurnClock
  #onTheWay = 0

  constructor(clock: TurnClock) {
    this.#clock = clock
  }

  write(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, ROOM - this.#onTheWay)
    if (this.#onTheWay === 0) this.#clock.set(this.#acknowledge, ROUND_TRIP)
    this.#onTheWay += taken
    this.bytes += taken
    return taken
  }

  close(): void {
    this.isClosed = true
  }

  #acknowledge = () => {
    this.#onTheWay = 0
    if (!this.isClosed) this.events.onWritable()
  }
}

/** Sends a request from a phone and waits for the end of the answer. */
export async function ask(
  clock: TurnClock,
  connect: (connection: Connection) => ConnectionEvents,
  request: Uint8Array,
): Promise<void> {
  const phone = new Phone(clock)
  clock.set(() => {
    phone.events = connect(phone)
    phone.events.onData(request)
  }, 0)
  await clock.run(9_000)
  if (!phone.isClosed || phone.bytes < 100) throw new Error(`${phone.bytes} bytes`)
}
