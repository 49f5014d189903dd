import type { MqttClient } from 'mqtt'
import { Backoff } from '../modules/time/backoff.js'
import { failureText } from '../tools/broker-client.js'

/** ms between attempts, doubled up to the limit */
export const FIRST_DELAY = 500
const LONGEST_DELAY = 30_000

/** ms */
const PATIENCE = 5_000

/** A message that the broker has passed on. */
export interface OutletMessage {
  readonly topic: string
  readonly text: string
  /** Whether it was kept by the broker, and is not new. */
  readonly isRetained: boolean
}

export interface OutletHost {
  onMessage(message: OutletMessage): void
  onConnected(): void
  say(line: string): void
}

const CLOSED = 'connection closed'

/** The connection to the broker that gets what is opened. It goes on over lost connections. */
export class Outlet {
  #client: MqttClient
  #backoff = new Backoff(FIRST_DELAY, LONGEST_DELAY, Math.random)
  #isLost = false
  #reason = CLOSED

  /** @param shown the broker's URL as it may be shown; undefined where somebody else tells when it is away */
  constructor(client: MqttClient, shown: string | undefined, host: OutletHost) {
    this.#client = client
    client.on('error', (error) => {
      this.#reason = failureText(error)
    })
    client.on('close', () => {
      client.options.reconnectPeriod = this.#backoff.next()
      if (!this.#isLost && !client.disconnecting && shown !== undefined)
        host.say(`${shown}: ${this.#reason}; calling again`)
      this.#isLost = true
    })
    client.on('connect', () => {
      this.#isLost = false
      this.#reason = CLOSED
      this.#backoff.reset()
      host.onConnected()
    })
    client.on('message', (topic, payload, { retain }) =>
      host.onMessage({ topic, text: payload.toString('utf8'), isRetained: retain }),
    )
  }

  /** Resolves when the broker has the message, which it keeps; waits for a broker that is away. */
  async keep(topic: string, text: string): Promise<void> {
    await this.#client.publishAsync(topic, text, { qos: 1, retain: true })
  }

  /** Resolves when the broker has answered. It is asked again after each new connection. */
  async subscribe(topics: readonly string[]): Promise<void> {
    await this.#client.subscribeAsync([...topics], { qos: 1 })
  }

  /**
   * What the broker keeps under these filters goes to `onMessage`. Resolves when it has all come, as far as a broker keeps
   * the order of what it sends. Rejects when the connection is lost meanwhile.
   * @param marker a topic of nobody else; a broker that does not pass it on is not waited for longer than a few seconds
   */
  async recall(filters: readonly string[], marker: string): Promise<void> {
    const client = this.#client
    await client.subscribeAsync([...filters, marker], { qos: 1 })
    let onMessage: (topic: string) => void = () => {}
    let timer: NodeJS.Timeout | undefined
    const arrived = new Promise<void>((resolve) => {
      onMessage = (topic) => {
        if (topic === marker) resolve()
      }
      timer = setTimeout(resolve, PATIENCE)
    })
    client.on('message', onMessage)
    try {
      await client.publishAsync(marker, '', { qos: 1 })
      await arrived
    } finally {
      clearTimeout(timer)
      client.off('message', onMessage)
    }
    await client.unsubscribeAsync([...filters, marker])
  }

  /** Says a last word and hangs up. */
  async close(topic: string, text: string): Promise<void> {
    const client = this.#client
    if (client.connected) await client.publishAsync(topic, text, { qos: 0, retain: true }).catch(() => {})
    await client.endAsync(!client.connected).catch(() => {})
  }
}
