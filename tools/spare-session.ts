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

/** All who share have called a broker again that was started anew, ms. */
const ALL_BACK = 60_000

/**
 * An ordinary subscription beside the shared one. mosquitto 2.0.11 forgets shared subscriptions when it is started anew, and
 * takes what devices say then for nobody's until one who shares is back; ordinary ones it keeps. So what comes here is taken in
 * after each connection, until nothing more waits and all are back: the database has it once anyway. After that it is what
 * the others get, and nobody looks at it.
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
