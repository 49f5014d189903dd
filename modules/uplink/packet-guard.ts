import { MAX_TOPIC_LENGTH } from '../delivery/topics.js'
import { CLOSED, DROP, END, OWED, type Phase, qosVerdict, RULES, TYPE, verdictOf } from './mqtt-states.js'

/** Longest PUBLISH that is passed on; the longest command is 127 + 2 + 511 bytes. */
const MAX_PACKET = 1024
/** Fixed header, length of the topic and the topic. */
const MAX_HEAD = 5 + 2 + MAX_TOPIC_LENGTH
/** Bytes that `filter` may hold back and pass on together with those of its next input. */
export const MOST_HELD_BACK = MAX_HEAD

const State = Object.freeze({ Type: 0, Length: 1, Head: 2, Pass: 3, Drop: 4 } as const)
type State = (typeof State)[keyof typeof State]

/** An answer of the broker that we may wait for. */
export type Answer = 'pubrec' | 'pubcomp' | 'suback' | 'unsuback' | 'pingresp'

/**
 * Stands between the socket and an MQTT client and passes only packets that can be right, as `mqtt-states.ts` says.
 * The SDK's client would hold and answer whatever comes: it keeps an object for each reply that is not sent yet, and
 * every byte of a SUBACK whose length is wrong. What may pass, beyond the type:
 *
 * - an acknowledgment has the packet id that `expect` has named, and comes once
 * - PUBLISH has a payload (the client would wait for bytes that never come), a topic of printable ASCII (it would
 *   throw) that is no longer than any of ours, and at most 1 kB
 * - nothing follows a CONNACK that refuses: the client closes itself over that, and what it still had to read would
 *   restart the device
 *
 * The client so has to send one PUBREL at most for each PUBLISH of ours, and holds one message of 1 kB at most. The
 * guard also reads what the client does not tell: whether the broker has kept the session (MQTT 3.1.1, 3.2.2.2).
 */
export class PacketGuard {
  /** Whether the last CONNACK said that the broker still has the session. */
  sessionPresent = false
  /** How the broker has broken the protocol. */
  fault: string | undefined
  /** Bytes of its input that `filter` has looked at. */
  used = 0
  #phase: Phase = 'connecting'
  /** Packet ids that answers have to have, by their type; 0 where none is owed. */
  #owed = new Uint16Array(16)
  /** Packet id of the PUBREC that came last: PUBREL goes out when this turn is over, so that PUBCOMP comes later. */
  #received = 0
  #head = new Uint8Array(MAX_HEAD)
  #length = 0
  #state: State = State.Type
  #remaining = 0
  #shift = 0

  /** The broker owes this answer once: the packet that it answers has gone out. A ping has no packet id. */
  expect(answer: Answer, id = 1): void {
    this.#owed[TYPE[answer]] = id
  }

  /**
   * Copies what may pass to `output`, which has room for `input.length + MOST_HELD_BACK` bytes; the number of bytes
   * copied, -1 when `fault` says why the connection has to end. It stops behind a message that passes, because each of
   * them takes memory until the turn is over; `used` says where.
   */
  filter(input: Uint8Array, output: Uint8Array): number {
    if (this.#received !== 0) this.expect('pubcomp', this.#received)
    this.#received = 0
    this.used = 0
    let at = 0
    for (const byte of input) {
      this.used++
      if (this.#phase === CLOSED) continue
      switch (this.#state) {
        case State.Type:
          this.#head[0] = byte
          this.#length = 1
          this.#remaining = 0
          this.#shift = 0
          this.#state = State.Length
          if (!this.#mayCome()) return this.#end('')
          continue
        case State.Length:
          this.#head[this.#length++] = byte
          this.#remaining |= (byte & 0x7f) << this.#shift
          this.#shift += 7
          if (byte & 0x80) {
            if (this.#shift > 21) return this.#end(' with a length that is none')
            continue
          }
          if (!this.#mayBeAsLong()) return this.#end(` of ${this.#remaining} bytes`)
          this.#state = this.#stateAfterLength()
          break
        case State.Head:
          this.#head[this.#length++] = byte
          this.#remaining--
          this.#state = this.#type() === TYPE.publish ? this.#stateInTopic() : this.#stateInBody()
          break
        case State.Pass:
          output[at++] = byte
          this.#remaining--
          break
        case State.Drop:
          this.#remaining--
          break
      }
      if (this.#state === State.Pass && this.#length > 0) {
        output.set(this.#head.subarray(0, this.#length), at)
        at += this.#length
        this.#length = 0
      }
      if (this.#remaining === 0) {
        const isMessage = this.#state === State.Pass && this.#type() === TYPE.publish
        this.#state = State.Type
        if (isMessage) break
      }
    }
    return at
  }

  /** Whether a packet may begin with this byte. */
  #mayCome(): boolean {
    const type = this.#type()
    const flags = this.#head[0]! & 15
    if (verdictOf(this.#phase, type) === END) return false
    return type === TYPE.publish ? qosVerdict(flags) !== END : flags === RULES[type]!.flags
  }

  #mayBeAsLong(): boolean {
    const { length } = RULES[this.#type()]!
    return length === undefined || length === this.#remaining
  }

  #stateAfterLength(): State {
    const type = this.#type()
    if (type !== TYPE.publish) return this.#stateInBody()
    if (qosVerdict(this.#head[0]! & 15) === DROP) return State.Drop
    return this.#remaining > MAX_PACKET || this.#remaining === 0 ? State.Drop : State.Head
  }

  /** Called behind the length of a packet of fixed length and with each byte of it, until it is complete. */
  #stateInBody(): State {
    if (this.#remaining > 0) return State.Head
    const type = this.#type()
    const start = this.#headerLength()
    if (type === TYPE.connack) {
      this.sessionPresent = (this.#head[start]! & 1) !== 0
      this.#phase = this.#head[start + 1] === 0 ? 'connected' : CLOSED
      return State.Pass
    }
    if (verdictOf(this.#phase, type) !== OWED) return State.Drop
    const id = type === TYPE.pingresp ? 1 : (this.#head[start]! << 8) | this.#head[start + 1]!
    if (id === 0 || id !== this.#owed[type]) return State.Drop
    this.#owed[type] = 0
    if (type === TYPE.pubrec) this.#received = id
    return State.Pass
  }

  /** Called with each byte of PUBLISH after the fixed header, until the packet may pass or not. */
  #stateInTopic(): State {
    const start = this.#headerLength()
    const have = this.#length - start
    if (have < 2) return State.Head
    const topic = (this.#head[start]! << 8) | this.#head[start + 1]!
    if (topic < 1 || topic > MAX_TOPIC_LENGTH) return State.Drop
    const byte = this.#head[this.#length - 1]!
    if (have > 2 && (byte < 0x20 || byte > 0x7e)) return State.Drop
    if (have < 2 + topic) return State.Head
    return this.#remaining > 0 ? State.Pass : State.Drop
  }

  /** Ends what comes over this connection. */
  #end(how: string): number {
    this.fault = `${RULES[this.#type()]!.name}${how} while ${this.#phase}`
    this.#phase = CLOSED
    return -1
  }

  #type(): number {
    return this.#head[0]! >> 4
  }

  #headerLength(): number {
    let i = 1
    while (this.#head[i]! & 0x80) i++
    return i + 1
  }
}
