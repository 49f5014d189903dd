import { seededRandom } from '../../twin/random.js'
import { testTwin } from '../../twin/virtual.js'

type Device = ReturnType<typeof testTwin>

/** Something that goes wrong for a while. */
export interface Fault {
  readonly name: string
  /** From power-on instead of after some minutes of normal operation. */
  readonly fromPowerOn?: boolean
  begin(device: Device, random: () => number): void
  end(device: Device): void
}

export interface Outcome {
  /** From the end of the fault until the broker has a message of the device, which is asked for one, in ms. */
  readonly recovery: number
  /** Minutes without a sample, and samples that came twice. */
  readonly lost: number
  readonly doubled: number
}

export const FAULTS: readonly Fault[] = Object.freeze([
  {
    name: 'access point gone',
    begin: ({ twin }) => twin.wifi.setInRange(twin.wifi.home, false),
    end: ({ twin }) => twin.wifi.setInRange(twin.wifi.home, true),
  },
  {
    name: 'access point gone, new credentials for one that is not there',
    begin: ({ twin, send, clock }) => {
      send('set_ssid_pwd', 'ssid=next week&pwd=a new router')
      clock.set(() => twin.wifi.setInRange(twin.wifi.home, false), 20_000)
    },
    end: ({ twin }) => twin.wifi.setInRange(twin.wifi.home, true),
  },
  {
    name: 'router exchanged for the one that was announced',
    begin: ({ twin, send, clock }) => {
      send('set_ssid_pwd', 'ssid=next week&pwd=a new router')
      clock.set(() => twin.wifi.setInRange(twin.wifi.home, false), 20_000)
    },
    end: ({ twin }) => void twin.wifi.add('next week', 'a new router'),
  },
  {
    // The device is back on the old password by itself; what ends is the router's new password.
    name: 'wrong password after a change at the router',
    begin: ({ twin, send, clock }) => {
      send('set_pwd', 'a typo')
      clock.set(() => {
        twin.wifi.home.password = 'another password'
        twin.wifi.setInRange(twin.wifi.home, false)
        twin.wifi.setInRange(twin.wifi.home, true)
      }, 40_000)
    },
    end: ({ twin }) => {
      twin.wifi.home.password = 'simulated'
    },
  },
  {
    name: 'DHCP silent',
    begin: ({ twin }) => {
      twin.wifi.home.dhcp = false
      twin.wifi.setInRange(twin.wifi.home, false)
      twin.wifi.setInRange(twin.wifi.home, true)
    },
    end: ({ twin }) => {
      twin.wifi.home.dhcp = true
    },
  },
  {
    name: 'DNS dead, connection lost',
    begin: ({ broker }) => {
      broker.resolving = false
      broker.cut()
    },
    end: ({ broker }) => {
      broker.resolving = true
    },
  },
  {
    name: 'broker refuses',
    begin: ({ broker }) => {
      broker.reachable = false
      broker.cut()
    },
    end: ({ broker }) => {
      broker.reachable = true
    },
  },
  {
    name: 'broker takes connections and says nothing',
    begin: ({ broker }) => {
      broker.answering = false
      broker.cut()
    },
    end: ({ broker }) => {
      broker.answering = true
    },
  },
  {
    name: 'broker half-open: everything is swallowed, nobody is told',
    begin: ({ broker }) => {
      broker.passing = false
    },
    end: ({ broker }) => {
      broker.passing = true
    },
  },
  {
    name: 'broker forgets its sessions',
    begin: ({ broker }) => {
      broker.reachable = false
      broker.forget()
    },
    end: ({ broker }) => {
      broker.reachable = true
    },
  },
  {
    name: 'clock server silent from power-on',
    fromPowerOn: true,
    begin: ({ twin }) => {
      twin.time.silent = true
    },
    end: ({ twin }) => {
      twin.time.silent = false
    },
  },
  {
    name: 'weak signal, gone and back every few seconds',
    begin: (device, random) => {
      const { twin, clock } = device
      const flap = (inRange: boolean) => {
        if (!flapping.has(device)) return
        twin.wifi.setInRange(twin.wifi.home, inRange)
        clock.set(() => flap(!inRange), 500 + 9_500 * random() ** 2)
      }
      flapping.add(device)
      flap(false)
    },
    end: (device) => {
      flapping.delete(device)
      device.twin.wifi.setInRange(device.twin.wifi.home, true)
    },
  },
])

const flapping = new WeakSet<Device>()

const MINUTE = 60_000
/** Long enough for the ladder of remedies to come to its end more than once. */
const LONGEST = 20 * MINUTE

/** One device that suffers the fault for 1.5 to 20 minutes, from any moment to any other. */
export async function suffer(fault: Fault, seed: number): Promise<Outcome> {
  const random = seededRandom(seed)
  const device = testTwin({}, { seed })
  const { clock, twin, broker } = device
  if (fault.fromPowerOn) fault.begin(device, random)
  twin.start()
  await clock.run(fault.fromPowerOn ? 0 : 2 * MINUTE + random() * MINUTE)
  if (!fault.fromPowerOn) fault.begin(device, random)
  await clock.run(1.5 * MINUTE + random() * (LONGEST - 1.5 * MINUTE))
  const delivered = broker.messages.length
  const ended = clock.now()
  fault.end(device)
  while (broker.messages.length === delivered && clock.now() - ended < LONGEST) {
    device.send('ping')
    await clock.run(250, () => broker.messages.length > delivered)
  }
  const recovery = clock.now() - ended
  await clock.run(5 * MINUTE)
  // Those that have waited come after new ones.
  const times = device
    .messages('sample')
    .map(({ time }) => time)
    .sort((a, b) => a - b)
  twin.close()
  return { recovery, lost: missing(times), doubled: times.length - new Set(times).size }
}

/** How many samples are not there that should be: there is one a minute, and one more after each connection. */
function missing(times: readonly number[]): number {
  let lost = 0
  for (let i = 1; i < times.length; i++) lost += Math.max(0, Math.ceil((times[i]! - times[i - 1]! - 2) / 60) - 1)
  return lost
}
