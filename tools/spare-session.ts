import type { Intake } from '../bridge/intake.js'
import type { Clock } from '../modules/ports/clock.js'
import type { BrokerAccess } from './broker-options.js'
import { BrokerSession } from './broker-session.js'

export interface SpareOptions {
  readonly broker: BrokerAccess
  readonly clientId: string
  readonly filters: readonly string[]
  readonly clock: Clock
}

/** All bridges of the group have called a broker again that has restarted, ms. */
const ALL_BACK = 60_000

/**
 * An ordinary subscription beside the shared one. mosquitto 2.0.11 forgets shared subscriptions when it restarts, and drops what
 * devices send until a bridge of the group has subscribed again. It keeps ordinary subscriptions. So this session takes in its
 * messages after each connection, until no more wait and all bridges are back. The database stores each message once anyway.
 * After that the shared subscription brings the same messages, and this session ignores its own.
 */
export class SpareSession {
  #clock: Clock
  #session: BrokerSession
  #isTakingIn = true
  #connectedAt = 0

  constructor({ clock, ...options }: SpareOptions, intake: Intake) {
    this.#clock = clock
    this.#session = new BrokerSession(
      { ...options, clock, qos: 1 },
      {
        // The session beside it says what is wrong with the broker.
        say: () => {},
        onConnected: () => {
          this.#isTakingIn = true
          this.#connectedAt = clock.now()
        },
        onIdle: () => {
          if (this.#clock.now() - this.#connectedAt > ALL_BACK) this.#isTakingIn = false
        },
        onMessage: ({ topic, payload, acknowledge }) => {
          if (this.#isTakingIn) intake.onMessage(topic, payload, acknowledge)
          else acknowledge()
        },
      },
    )
    void this.#session.start(true)
  }

  close(): void {
    this.#session.close()
  }
}
