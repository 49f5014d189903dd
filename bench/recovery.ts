import { type Fault, NETWORK_FAULTS, type NetworkWorld, SURROUNDINGS_FAULTS } from '../twin/faults.js'
import { seededRandom } from '../twin/random.js'
import { testTwin } from '../twin/virtual.js'

/** A fault that costs no sample and that a device has to get over within seconds. */
export interface RecoverableFault {
  /** What the tables call it. */
  readonly name: string
  readonly fault: Fault<NetworkWorld>
  /** Whether it is there at power-on, instead of coming after some minutes of normal operation. */
  readonly fromPowerOn: boolean
}

const FAULTS = { ...SURROUNDINGS_FAULTS, ...NETWORK_FAULTS }

export const RECOVERABLE: readonly RecoverableFault[] = Object.freeze([
  during('access point gone'),
  during('access point gone, new credentials for one that is not there'),
  during('router exchanged for the one that was announced'),
  during('wrong password after a change at the router'),
  during('DHCP silent'),
  during('DNS dead'),
  during('broker refuses'),
  during('broker silent'),
  during('broker half-open'),
  during('broker forgets'),
  { name: 'time servers silent from power-on', fault: SURROUNDINGS_FAULTS['time servers silent'], fromPowerOn: true },
  during('weak signal'),
])

export interface Outcome {
  /** ms from the end of the fault until the device, which is asked for a message, has delivered one. */
  readonly recovery: number
  /** Minutes without a sample. */
  readonly lost: number
  /** Samples that came twice. */
  readonly doubled: number
}

const MINUTE = 60_000
/** In this time the ladder of remedies comes to its end more than once. */
const LONGEST = 20 * MINUTE

/** Plays one device with the fault for 1.5 to 20 minutes, from any moment to any other. */
export async function runFault({ fault, fromPowerOn }: RecoverableFault, seed: number): Promise<Outcome> {
  const random = seededRandom(seed)
  const device = testTwin({}, { seed })
  const { clock, twin, broker } = device
  const begin = () => fault.begin({ ...device, random }, Number.POSITIVE_INFINITY)
  let end = fromPowerOn ? begin() : undefined
  twin.start()
  await clock.run(fromPowerOn ? 0 : 2 * MINUTE + random() * MINUTE)
  end ??= begin()
  await clock.run(1.5 * MINUTE + random() * (LONGEST - 1.5 * MINUTE))
  const delivered = broker.messages.length
  const ended = clock.now()
  end()
  while (broker.messages.length === delivered && clock.now() - ended < LONGEST) {
    device.send('ping')
    await clock.run(250, () => broker.messages.length > delivered)
  }
  const recovery = clock.now() - ended
  await clock.run(5 * MINUTE)
  // Samples that have waited come after new ones.
  const times = device
    .messages('sample')
    .map(({ time }) => time)
    .sort((a, b) => a - b)
  twin.close()
  return { recovery, lost: missing(times), doubled: times.length - new Set(times).size }
}

/** How many samples are missing: there is one a minute, and one more after each connection. */
function missing(times: readonly number[]): number {
  let lost = 0
  for (let i = 1; i < times.length; i++) lost += Math.max(0, Math.ceil((times[i]! - times[i - 1]! - 2) / 60) - 1)
  return lost
}

function during(name: keyof typeof FAULTS): RecoverableFault {
  return { name, fault: FAULTS[name], fromPowerOn: false }
}
