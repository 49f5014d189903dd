import { toHex } from '../modules/codec/hex.js'
import { READOUT_LINE, REQUEST_LINE } from '../modules/en61107/client.js'
import { decodeReadout } from '../modules/en61107/readout.js'
import { decodeSerial, KMP_LINE } from '../modules/kmp/client.js'
import { GET_SERIAL_NO } from '../modules/kmp/constants.js'
import { simpleRequest } from '../modules/kmp/frame.js'
import { KmpParser } from '../modules/kmp/parser.js'
import { MeterLine } from '../modules/meters/line.js'
import { INVALID, withEvenParity, withoutParity } from '../modules/meters/parity.js'
import type { Clock } from '../modules/ports/clock.js'
import type { SerialPort } from '../modules/ports/serial.js'

/** What one protocol found on a line. */
export interface Finding {
  readonly protocol: 'kmp' | 'en61107'
  readonly found: boolean
  /** Serial number of the meter; undefined when none answered. */
  readonly serial?: string
  /** Sentences; each gives one reason. */
  readonly remarks: readonly string[]
  /** The bytes that came, as hex. */
  readonly received: string
}

const KMP_WAIT = 2_000
const EN_WAIT = 6_000

/** Asks for a meter with each protocol and says what came instead. */
export async function examine(port: SerialPort, clock: Clock): Promise<Finding[]> {
  const line = new MeterLine(port, clock)
  const listen = async (request: Uint8Array, wait: number, reply = KMP_LINE) => {
    const received: number[] = []
    await line.exchange(
      request,
      wait,
      (bytes) => {
        received.push(...bytes)
        return undefined
      },
      reply,
    )
    return Uint8Array.from(received)
  }
  line.configure(KMP_LINE)
  const kmpRequest = simpleRequest(GET_SERIAL_NO)
  const kmp = findKmp(kmpRequest, await listen(kmpRequest, KMP_WAIT))
  line.configure(REQUEST_LINE)
  await listen(withEvenParity('\0'.repeat(16)), 50, REQUEST_LINE)
  line.configure(REQUEST_LINE)
  const identify = withEvenParity('/?!\r\n')
  let reply: Uint8Array = await listen(identify, EN_WAIT, READOUT_LINE)
  const ident = withoutEcho(identify, reply)
  // A 66-B waits here: it has sent its type.
  if (ident.length > 0 && !ident.map(withoutParity).includes(2)) {
    line.configure(REQUEST_LINE)
    reply = concat(reply, await listen(withEvenParity('\x06000\r\n'), EN_WAIT, READOUT_LINE))
  }
  line.close()
  return [kmp, findEn61107(identify, reply)]
}

function findKmp(request: Uint8Array, received: Uint8Array): Finding {
  const remarks: string[] = []
  let serial: string | undefined
  new KmpParser().push(received, (frame) => {
    const decoded = frame.ok && frame.value.cid === GET_SERIAL_NO ? decodeSerial(frame.value.data) : undefined
    if (decoded?.ok) serial = decoded.value
    if (!frame.ok) remarks.push(`a frame was disturbed: ${frame.error}`)
  })
  return finding('kmp', request, received, remarks, serial)
}

function findEn61107(request: Uint8Array, received: Uint8Array): Finding {
  const remarks: string[] = []
  const reply = withoutEcho(request, received)
  const text = reply.map(withoutParity)
  const wrong = text.filter((character) => character === INVALID).length
  if (wrong > 0) remarks.push(`${wrong} of ${text.length} characters came with wrong parity`)
  const readout = text.includes(2) ? decodeReadout(text) : undefined
  if (readout?.ok === false) remarks.push(`the data block was disturbed: ${readout.error}`)
  return finding('en61107', request, received, remarks, readout?.ok ? readout.value.serial : undefined)
}

function finding(
  protocol: Finding['protocol'],
  request: Uint8Array,
  received: Uint8Array,
  remarks: string[],
  serial: string | undefined,
): Finding {
  const reply = withoutEcho(request, received)
  if (reply.length < received.length) remarks.push('the line echoes what is sent, as an optical head does')
  if (received.length === 0) remarks.push('silence: no meter, no power, or the lines are not connected')
  else if (reply.length === 0) remarks.push('nothing but the echo: no meter sees the light')
  else if (reply.every((byte) => byte === 0)) remarks.push('nothing but 00: the line is inverted or held low')
  else if (serial === undefined && remarks.every((remark) => !remark.includes('disturbed')))
    remarks.push('what came makes no sense: another speed, another protocol, or an inverted line')
  return { protocol, found: serial !== undefined, serial, remarks, received: toHex(received) }
}

function withoutEcho(request: Uint8Array, received: Uint8Array): Uint8Array {
  const isEcho = received.length >= request.length && request.every((byte, i) => byte === received[i])
  return isEcho ? received.subarray(request.length) : received
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  return Uint8Array.from([...a, ...b])
}
