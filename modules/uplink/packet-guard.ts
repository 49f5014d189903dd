import { MAX_TOPIC_LENGTH } from '../delivery/topics.js'

const CONNACK = 2
const PUBLISH = 3

/** Longest packet that is passed on; the longest command is 127 + 2 + 511 bytes. */
const MAX_PACKET = 1024
/** Fixed header, length of the topic and the topic. */
const MAX_HEAD = 5 + 2 + MAX_TOPIC_LENGTH
/** Bytes that `filter` may hold back and pass on together with those of its next input. */
export const MOST_HELD_BACK = MAX_HEAD

const State = Object.freeze({ Type: 0, Length: 1, Head: 2, Pass: 3, Drop: 4 } as const)
type State = (typeof State)[keyof typeof State]

/**
 * Stands between the socket and the SDK's MQTT client and drops packets that would harm it: a PUBLISH without payload
 * (its parser would wait for bytes that never come), with a topic that is not printable ASCII (it would throw) or
 * longer than any of ours, packets of more than 1 kB, and all that follows a CONNACK that refuses: the client closes
 * itself over that, and what it still has to read then restarts the device. It also reads what the client does not tell: whether the
 * broker has kept the session (MQTT 3.1.1, 3.2.2.2).
 */
export class PacketGuard {
  /** Of the last CONNACK. */
  sessionPresent = false
  /** Packets dropped so far. */
  dropped = 0
  #head = new Uint8Array(MAX_HEAD)
  #length = 0
  #state: State = State.Type
  #remaining = 0
  #shift = 0
  #refused = false

  /** Copies what may pass to `output`, which has room for `input.length + MOST_HELD_BACK` bytes; the number of bytes copied, -1 when this is not MQTT. */
  filter(input: Uint8Array, output: Uint8Array): number {
    let at = 0
    for (const byte of input) {
      if (this.#refused) break
      switch (this.#state) {
        case State.Type:
          this.#head[0] = byte
          this.#length = 1
          this.#remaining = 0
          this.#shift = 0
          this.#state = State.Length
          continue
        case State.Length:
          this.#head[this.#length++] = byte
          this.#remaining |= (byte & 0x7f) << this.#shift
          this.#shift += 7
          if (byte & 0x80) {
            if (this.#shift > 21) return -1
            continue
          }
          this.#state = this.#stateAfterLength()
          break
        case State.Head:
          this.#head[this.#length++] = byte
          this.#remaining--
          this.#state = this.#stateInTopic()
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
        if (this.#state !== State.Pass) this.dropped++
        this.#state = State.Type
      }
    }
    return at
  }

  #stateAfterLength(): State {
    if (this.#remaining > MAX_PACKET) return State.Drop
    if (this.#remaining === 0) return this.#type() === PUBLISH ? State.Drop : State.Pass
    return this.#type() === PUBLISH || this.#type() === CONNACK ? State.Head : State.Pass
  }

  /** Called with each byte after the fixed header, until the packet may pass or not. */
  #stateInTopic(): State {
    const start = this.#headerLength()
    const have = this.#length - start
    if (this.#type() === CONNACK) {
      if (have < 2 && this.#remaining > 0) return State.Head
      this.sessionPresent = (this.#head[start]! & 1) !== 0
      this.#refused = have === 2 && this.#head[start + 1] !== 0
      return State.Pass
    }
    if (have < 2) return State.Head
    const topic = (this.#head[start]! << 8) | this.#head[start + 1]!
    if (topic < 1 || topic > MAX_TOPIC_LENGTH) return State.Drop
    const byte = this.#head[this.#length - 1]!
    if (have > 2 && (byte < 0x20 || byte > 0x7e)) return State.Drop
    if (have < 2 + topic) return State.Head
    const id = this.#head[0]! & 0x06 ? 2 : 0
    return this.#remaining > id ? State.Pass : State.Drop
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
