import { READOUT_LINE, REQUEST_LINE } from '../modules/en61107/client.js'
import { decodeReadout } from '../modules/en61107/readout.js'
import { decodeSerial, KMP_LINE } from '../modules/kmp/client.js'
import { GET_SERIAL_NO } from '../modules/kmp/constants.js'
import { simpleRequest } from '../modules/kmp/frame.js'
import { KmpParser } from '../modules/kmp/parser.js'
import { INVALID, withEvenParity, withoutParity } from '../modules/meters/parity.js'
import type { LineSettings } from '../modules/ports/serial.js'

/** Sends a request at one speed, and gives all that arrives within `wait` milliseconds. */
export type Listen = (
  request: Uint8Array,
  wait: number,
  settings: LineSettings,
  reply?: LineSettings,
) => Promise<Uint8Array>

/** What a reply says. */
export interface Verdict {
  /** Serial number of the meter, where one answered. */
  readonly serial: string | undefined
  /** What was wrong with the reply, one reason each. */
  readonly remarks: readonly string[]
}

/** How to find out whether a meter that is asked in this protocol is on a line. */
export interface Probe {
  readonly protocol: string
  /** The protocol for people: its speed and its meters. */
  readonly title: string
  /** ms that it takes at most. */
  readonly longest: number
  /** The request whose echo may come before the reply. */
  readonly request: Uint8Array
  /** Asks; gives all that came, the echo included. */
  ask(listen: Listen): Promise<Uint8Array>
  /** Judges what came after the echo. */
  judge(reply: Uint8Array): Verdict
}

const KMP_WAIT = 2_000
const KMP_REQUEST = simpleRequest(GET_SERIAL_NO)

const kmp: Probe = {
  protocol: 'kmp',
  title: 'KMP, 1200 baud (MULTICAL 601 and later)',
  longest: KMP_WAIT,
  request: KMP_REQUEST,
  ask: (listen) => listen(KMP_REQUEST, KMP_WAIT, KMP_LINE),
  judge: (reply) => {
    const remarks: string[] = []
    let serial: string | undefined
    new KmpParser().push(reply, (frame) => {
      const decoded = frame.ok && frame.value.cid === GET_SERIAL_NO ? decodeSerial(frame.value.data) : undefined
      if (decoded?.ok) serial = decoded.value
      if (!frame.ok) remarks.push(`a frame was disturbed: ${frame.error}`)
    })
    return { serial, remarks }
  },
}

const EN_WAIT = 6_000
const WAKE_UP_WAIT = 50
const IDENTIFY = withEvenParity('/?!\r\n')
const STX = 2

const en61107: Probe = {
  protocol: 'en61107',
  title: 'EN 61107, 300 baud (MULTICAL 66)',
  longest: WAKE_UP_WAIT + 2 * EN_WAIT,
  request: IDENTIFY,
  async ask(listen) {
    await listen(withEvenParity('\0'.repeat(16)), WAKE_UP_WAIT, REQUEST_LINE)
    const reply = await listen(IDENTIFY, EN_WAIT, REQUEST_LINE, READOUT_LINE)
    const ident = withoutEcho(IDENTIFY, reply)
    if (ident.length === 0 || ident.map(withoutParity).includes(STX)) return reply
    // A 66-B has told its type, and waits to be acknowledged.
    const block = await listen(withEvenParity('\x06000\r\n'), EN_WAIT, REQUEST_LINE, READOUT_LINE)
    return Uint8Array.from([...reply, ...block])
  },
  judge: (reply) => {
    const remarks: string[] = []
    const text = reply.map(withoutParity)
    const wrong = text.filter((character) => character === INVALID).length
    if (wrong > 0) remarks.push(`${wrong} of ${text.length} characters came with wrong parity`)
    const readout = text.includes(STX) ? decodeReadout(text) : undefined
    if (readout?.ok === false) remarks.push(`the data block was disturbed: ${readout.error}`)
    return { serial: readout?.ok ? readout.value.serial : undefined, remarks }
  },
}

/** The protocols that the doctor asks in, in this order; a meter that talks by itself has none. */
export const PROBES: readonly Probe[] = [kmp, en61107]

/** What came after the echo of the request. */
export function withoutEcho(request: Uint8Array, received: Uint8Array): Uint8Array {
  const isEcho = received.length >= request.length && request.every((byte, i) => byte === received[i])
  return isEcho ? received.subarray(request.length) : received
}
