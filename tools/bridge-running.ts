import { Bridge, type BridgeOptions } from '../bridge/bridge.js'
import { BrokerWatch, DROPPED_TOPIC } from '../bridge/broker-watch.js'
import { exposition } from '../bridge/exposition.js'
import { Intake } from '../bridge/intake.js'
import { bridgeMetrics } from '../bridge/metrics.js'
import { FILTERS, Opener } from '../bridge/opener.js'
import { FIRST_DELAY } from '../bridge/outlet.js'
import type { Sink } from '../bridge/pipeline.js'
import { Share } from '../bridge/share.js'
import type { Store } from '../bridge/store/store.js'
import { brokerClient } from './broker-client.js'
import type { BrokerAccess } from './broker-options.js'
import { BrokerSession, type SessionOptions } from './broker-session.js'
import { sayLine } from './print.js'
import { SpareSession } from './spare-session.js'

export interface RunningOptions extends Omit<BridgeOptions, 'client' | 'shown' | 'unix'> {
  readonly broker: BrokerAccess
  /** The broker that gets what is opened. */
  readonly out: BrokerAccess
  readonly clientId: string
  readonly store: Store | undefined
  /** Whether a bridge has been here before, as far as the database knows. */
  readonly hasRun: boolean
}

/** A bridge that runs, alone or as one of a group. */
export interface Running {
  /** Resolves when messages come in. */
  start(): Promise<void>
  /** The text of `/metrics`. */
  metrics(): string
  close(): Promise<void>
}

/** A bridge that takes in everything. */
export function aloneRunning(options: RunningOptions): Running {
  const { clock, clientId, broker, hasRun } = options
  const opener = new Opener(options.envelopes, sayLine)
  const bridge: Bridge = bridgeOf(options, Date.now, undefined, (topic, payload) => session.publish(topic, payload))
  const intake = new Intake({ clock, opener, sinks: [...sinksOf(options), bridge], unix: Date.now, say: sayLine })
  const session: BrokerSession = watchedSession({ broker, clientId, filters: FILTERS, qos: 2, clock }, intake, hasRun)
  return {
    start() {
      bridge.start()
      return session.start()
    },
    metrics: () => exposition(bridgeMetrics(bridge.devices, opener, options.store?.refused)),
    async close() {
      session.close()
      intake.close()
      await bridge.close()
    },
  }
}

/** A bridge that takes in its part of the work of a group. What is new in the database one of the group hands on. */
export function sharedRunning(options: RunningOptions, group: string, url: string): Running {
  const { clock, clientId, broker } = options
  const opener = new Opener(options.envelopes, sayLine)
  const intake = new Intake({ clock, opener, sinks: sinksOf(options), unix: () => share.unix(), say: sayLine })
  // To have a message twice is no harm, and what is under way for a session that ends goes to another one with QoS 1 only.
  const sessionOf = (seat: number) =>
    watchedSession(
      { broker, clientId: `${clientId}-${group}-${seat}`, filters: FILTERS, qos: 1, clock, share: group },
      intake,
    )
  let session: BrokerSession | undefined
  let started: Promise<void> | undefined
  let bridge: Bridge | undefined
  const share: Share = new Share(
    { url, group },
    {
      say: sayLine,
      onSeat(seat) {
        session?.close()
        session = sessionOf(seat)
        if (started === undefined) started = session.start()
        else void session.start(true)
      },
      fetch: (seat, signal) => sessionOf(seat).drain(signal),
      lead() {
        const publish = (topic: string, payload: Uint8Array) => session?.publish(topic, payload) ?? false
        bridge = bridgeOf(options, share.unix, `${clientId}-${group}`, publish)
        bridge.start()
        const leading = bridge
        const spare = new SpareSession(
          { broker, clientId: `${clientId}-${group}-spare`, filters: FILTERS, clock },
          intake,
        )
        return {
          take: (arrivals) => leading.take(arrivals.filter(({ serial }) => options.envelopes(serial) !== undefined)),
          close() {
            bridge = undefined
            spare.close()
            return leading.close()
          },
        }
      },
    },
  )
  return {
    async start() {
      await share.start()
      await started
    },
    metrics: () => exposition(bridgeMetrics(bridge?.devices ?? [], opener, options.store?.refused)),
    async close() {
      session?.close()
      intake.close()
      await share.close()
    },
  }
}

/** A session whose messages are taken in, and that tells what of the broker's limits shows. */
function watchedSession(options: SessionOptions, intake: Intake, hasRun = false): BrokerSession {
  const watch = new BrokerWatch({ shown: options.broker.shown, now: () => options.clock.now(), say: sayLine })
  return new BrokerSession(
    { ...options, fleeting: [DROPPED_TOPIC] },
    {
      say: sayLine,
      onConnected: (isKnown) => watch.onConnected(isKnown, hasRun),
      onMessage({ topic, payload, acknowledge }) {
        if (topic === DROPPED_TOPIC) {
          watch.onDropped(Buffer.from(payload).toString())
          return acknowledge()
        }
        watch.onMessage()
        intake.onMessage(topic, payload, () => {
          watch.onAcknowledged()
          acknowledge()
        })
      },
    },
  )
}

function sinksOf({ store }: RunningOptions): readonly Sink[] {
  return store === undefined ? [] : [{ take: (arrivals) => store.write(arrivals) }]
}

/** @param clientId under which it is at the broker that gets what is opened; undefined for any */
function bridgeOf(
  options: RunningOptions,
  unix: () => number,
  clientId: string | undefined,
  publish: (topic: string, payload: Uint8Array) => boolean,
): Bridge {
  const { out, broker, topics } = options
  const client = brokerClient(out, {
    ...(clientId !== undefined && { clientId }),
    reconnectPeriod: FIRST_DELAY,
    will: { topic: topics.bridge, payload: Buffer.from('offline'), qos: 1, retain: true },
  })
  const shown = out === broker ? undefined : out.shown
  return new Bridge({ ...options, client, shown, unix }, { publish, say: sayLine })
}
