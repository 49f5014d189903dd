import { toHex } from '../modules/codec/hex.js'
import { MeterLine } from '../modules/meters/line.js'
import type { Clock } from '../modules/ports/clock.js'
import type { SerialPort } from '../modules/ports/serial.js'
import { type Listen, PROBES, type Probe, withoutEcho } from './probes.js'

/** What one protocol found on a line. */
export interface Finding {
  readonly protocol: string
  readonly found: boolean
  /** Serial number of the meter; undefined when none answered. */
  readonly serial?: string
  /** Sentences; each gives one reason. */
  readonly remarks: readonly string[]
  /** The bytes that came, as hex. */
  readonly received: string
}

const ECHO = 'the line echoes what is sent, as an optical head does'

/**
 * Asks for a meter in each protocol, and says what came instead.
 * @param onProbe told before each protocol
 */
export async function examine(
  port: SerialPort,
  clock: Clock,
  onProbe: (probe: Probe) => void = () => {},
): Promise<Finding[]> {
  const line = new MeterLine(port, clock)
  const listen: Listen = async (request, wait, settings, reply = settings) => {
    const received: number[] = []
    line.configure(settings)
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
  const findings: Finding[] = []
  for (const probe of PROBES) {
    onProbe(probe)
    findings.push(finding(probe, await probe.ask(listen)))
  }
  line.close()
  if (!findings.some(({ found }) => found)) return findings
  // A meter is silent in all protocols but its own, and nothing is wrong with that.
  return findings.map((one) => (one.found ? one : { ...one, remarks: one.remarks.filter((remark) => remark === ECHO) }))
}

function finding({ protocol, request, judge }: Probe, received: Uint8Array): Finding {
  const reply = withoutEcho(request, received)
  const { serial, remarks: found } = judge(reply)
  const remarks = [...found]
  if (reply.length < received.length) remarks.push(ECHO)
  if (received.length === 0) remarks.push('silence: no meter, no power, or the lines are not connected')
  else if (reply.length === 0) remarks.push('nothing but the echo: no meter sees the light')
  else if (reply.every((byte) => byte === 0)) remarks.push('nothing but 00: the line is inverted or held low')
  else if (serial === undefined && remarks.every((remark) => !remark.includes('disturbed')))
    remarks.push('what came makes no sense: another speed, another protocol, or an inverted line')
  return { protocol, found: serial !== undefined, serial, remarks, received: toHex(received) }
}
