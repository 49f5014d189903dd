import type { Envelope } from '../mqttcrypto/envelope.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { FlashPort } from '../ports/flash.js'
import type { MqttConnection } from '../ports/mqtt.js'
import type { WallClock } from '../time/wall-clock.js'
import { Journal } from './journal/journal.js'
import { Outbox } from './outbox.js'
import { PacketIds } from './packet-ids.js'
import type { Queue } from './queue.js'
import { IDLE, type State } from './state.js'
import { Kind, messagePrefix } from './topics.js'

export interface DeliveryOptions {
  readonly clock: Clock
  readonly wallClock: WallClock
  readonly envelope: Pick<Envelope, 'seal'>
  /** Samples wait here over power-off; without it they wait in memory like every other message. */
  readonly flash: FlashPort | undefined
  /** Numbers from 0 to below 1, for the first packet id. */
  readonly random: () => number
}

/** A connection to the broker, as far as messages need one. */
export interface MessageLink extends Pick<MqttConnection, 'publish' | 'release'> {
  /** Gives the connection up. */
  abandon(reason: string): void
}

/** How the topic of every sample begins. */
const SAMPLES = `/${Kind.Sample}/`

const ACKNOWLEDGE_DEADLINE = 7_000

/** Between two messages that have waited in flash, so that new ones and the broker are not held up. */
const PACE = 1_000

/**
 * Delivers the messages of the device with QoS 2, one at a time, each exactly once as long as the broker keeps its
 * session. A message in flight is kept until PUBCOMP, over as many connections as that takes. A broker that has
 * forgotten the session gets the message once more, under the same topic and time. Messages in memory go first, then
 * samples that were taken since the connection came up, then older ones, one a second.
 */
export class Delivery {
  /** Messages, and samples among them, that the broker has taken since power-on. */
  delivered = 0
  deliveredSamples = 0
  #clock: Clock
  #envelope: Pick<Envelope, 'seal'>
  #ids: PacketIds
  #outbox: Outbox
  #journal: Journal | undefined
  #state: State = IDLE
  #link: MessageLink | undefined
  #deadline: Timer | undefined
  /** Runs while a message that has waited in flash may not go out yet. */
  #pace: Timer | undefined

  constructor(options: DeliveryOptions) {
    const { clock, wallClock, envelope, flash, random } = options
    this.#clock = clock
    this.#envelope = envelope
    this.#ids = new PacketIds(random)
    this.#outbox = new Outbox(wallClock, this.#ids)
    if (flash !== undefined) {
      this.#journal = new Journal({
        flash,
        clock,
        wallClock,
        onReady: () => this.pump(),
        onRefused: (sample) => {
          this.#outbox.push(sample)
          this.pump()
        },
      })
    }
  }

  /** Whether a message is on its way over this connection. */
  get isSending(): boolean {
    return this.#link !== undefined && this.#state.at !== 'idle'
  }

  /** Whether flash takes the samples, and whether it keeps all that wait. */
  get flash(): 'works' | 'full' | 'refuses' {
    return this.#journal?.flash ?? 'refuses'
  }

  /** A packet id that no message has. */
  nextId(): number {
    return this.#ids.next()
  }

  /**
   * Takes a sample of this meter. With flash it outlives a power cut until it is delivered.
   * @param at moment of the sample, on the monotonic clock in milliseconds
   */
  sample(serial: string, at: number, text: string): void {
    const sample = { prefix: messagePrefix(Kind.Sample, serial), at, text }
    if (this.#journal === undefined) this.#outbox.push(sample)
    else this.#journal.append(sample)
    this.pump()
  }

  /** Takes any other message. It waits in memory, and power-off loses it. */
  message(kind: string, serial: string, at: number, text: string): void {
    this.#outbox.push({ prefix: messagePrefix(kind, serial), at, text })
    this.pump()
  }

  /** Writes the samples that still wait for the flash. */
  close(): void {
    this.onClosed()
    this.#journal?.close()
  }

  /** A connection has come up. Nothing goes out over it before `pump`. */
  onConnected(link: MessageLink, sessionPresent: boolean): void {
    this.#link = link
    if (!sessionPresent) this.forget()
    this.#journal?.onConnected()
    this.#startPace()
  }

  /** The connection is gone. What was on the wire goes out again over the next one. */
  onClosed(): void {
    this.#clearDeadline()
    this.#clock.clear(this.#pace)
    this.#pace = undefined
    this.#link = undefined
    const state = this.#state
    if (state.at === 'awaitingRec') {
      state.at = 'publishing'
      state.duplicate = true
    } else if (state.at === 'awaitingComp') {
      state.at = 'releasing'
    }
  }

  /** The broker knows nothing of the message in flight: that goes out as a new one. */
  forget(): void {
    this.#state = IDLE
    this.#outbox.forget()
    this.#journal?.forget()
  }

  /**
   * PUBREC has come. The client sends PUBREL after this has returned. Only the PUBREC of the PUBLISH that has gone out
   * over this connection changes anything: a broker that repeats another one must not put off the deadline.
   */
  onReceived(id: number): void {
    const state = this.#state
    if (state.at !== 'awaitingRec' || state.id !== id) return
    state.queue.received()
    this.#state = { at: 'awaitingComp', queue: state.queue, id, isSample: state.isSample }
    this.#startDeadline()
  }

  /**
   * PUBCOMP has come; true when it completes the message. It proves nothing where the broker has not acknowledged
   * PUBLISH, or PUBREL has not gone out.
   */
  onCompleted(id: number): boolean {
    const state = this.#state
    if (state.at !== 'awaitingComp' || state.id !== id) return false
    this.#clearDeadline()
    this.#state = IDLE
    state.queue.delivered()
    this.delivered++
    if (state.isSample) this.deliveredSamples++
    if (state.queue === this.#journal) this.#startPace()
    this.pump()
    return true
  }

  /** Sends what can be sent. To be called when the socket has room again, and when the time has become known. */
  pump(): void {
    const link = this.#link
    if (link === undefined) return
    if (this.#state.at === 'idle') this.#state = this.#takeNext()
    const state = this.#state
    if (state.at === 'publishing') {
      const { queue, id, topic, payload, duplicate } = state
      if (!duplicate) queue.sent()
      if (!link.publish(id, topic, payload, duplicate)) return
      state.at = 'awaitingRec'
      this.#startDeadline()
    } else if (state.at === 'releasing' && link.release(state.id)) {
      state.at = 'awaitingComp'
      this.#startDeadline()
    }
  }

  /** In order of priority: what is in memory, then what is in flash. */
  #takeNext(): State {
    const isWaitingAllowed = this.#pace === undefined
    return this.#takeFrom(this.#outbox, isWaitingAllowed) ?? this.#takeFrom(this.#journal, isWaitingAllowed) ?? IDLE
  }

  #takeFrom(queue: Queue | undefined, waiting: boolean): State | undefined {
    const message = queue?.next(waiting)
    if (queue === undefined || message === undefined) return undefined
    const { id, topic, text, published, received } = message
    const isSample = topic.startsWith(SAMPLES)
    if (received) return { at: 'releasing', queue, id, isSample }
    const payload = this.#envelope.seal(topic, text)
    return { at: 'publishing', queue, id, topic, payload, isSample, duplicate: published }
  }

  /** The broker has to acknowledge something. */
  #startDeadline(): void {
    this.#clearDeadline()
    const abandon = () => this.#link?.abandon('no acknowledgment from the broker')
    this.#deadline = this.#clock.set(abandon, ACKNOWLEDGE_DEADLINE)
  }

  #clearDeadline(): void {
    this.#clock.clear(this.#deadline)
    this.#deadline = undefined
  }

  #startPace(): void {
    this.#clock.clear(this.#pace)
    this.#pace = this.#clock.set(() => {
      this.#pace = undefined
      this.pump()
    }, PACE)
  }
}
