import type { Clock, Timer } from '../modules/ports/clock.js'
import type { SimulatedConcentrator } from './concentrator.js'
import type { SimulatedBroker } from './simulated-broker.js'
import type { Twin } from './twin.js'
import { SimulatedWifi } from './wifi.js'

/** The part of the world that fails. Faults of different parts can come together. */
export type Part = 'line' | 'wifi' | 'broker' | 'clock' | 'ble' | 'power'

/** Ends a fault. */
export type End = () => void

/** Something that goes wrong in a world of kind `W`. */
export interface Fault<W, P extends string = Part> {
  readonly part: P
  /** @param length ms that the fault will last; only cuts of power need it beforehand */
  begin(world: W, length: number): End
}

/** What surrounds a twin that runs in real time too. */
export interface Surroundings {
  readonly clock: Clock
  readonly random: () => number
  readonly twin: Pick<Twin, 'line' | 'heatMeter' | 'wifi' | 'time' | 'concentrator'>
}

/** Surroundings with a simulated broker and with a server that sends commands. */
export interface NetworkWorld extends Surroundings {
  readonly broker: SimulatedBroker
  send(name: string, payload?: string): void
}

/** A world that can take the device's power away. */
export interface PoweredWorld extends NetworkWorld {
  /** Takes power away now; it returns after `ms`. */
  cutPower(ms: number): void
  /** Takes power away at some byte of what is written next; it returns `ms` after that byte. */
  cutPowerInWrite(ms: number): void
}

const AWAY_AFTER = 20_000
const PASSWORD_CHANGED_AFTER = 40_000

/** Faults that need no simulated broker: `npm start` takes them as `!NAME on|off`. */
export const SURROUNDINGS_FAULTS = Object.freeze({
  'line silent': lasting<Surroundings>('line', ({ twin: { line } }, isWrong) => {
    line.faults.silent = isWrong
  }),
  'line noisy': lasting<Surroundings>('line', ({ twin: { line } }, isWrong) => {
    line.faults.noise = isWrong ? 0.01 : 0
  }),
  'line with echo': lasting<Surroundings>('line', ({ twin: { line } }, isWrong) => {
    line.faults.echo = isWrong
  }),
  'access point gone': lasting<Surroundings>('wifi', ({ twin: { wifi } }, isWrong) =>
    wifi.setInRange(wifi.home, !isWrong),
  ),
  'weak signal': fault<Surroundings>('wifi', (world) => {
    const { wifi } = world.twin
    let isInRange = true
    const pause = () => 500 + 9_500 * world.random() ** 2
    const stop = repeat(world.clock, pause, () => {
      isInRange = !isInRange
      wifi.setInRange(wifi.home, isInRange)
    })
    return () => {
      stop()
      wifi.setInRange(wifi.home, true)
    }
  }),
  'DHCP silent': lasting<Surroundings>('wifi', ({ twin: { wifi } }, isWrong) => {
    wifi.home.dhcp = !isWrong
    if (isWrong) rejoin(wifi)
  }),
  'another Wi-Fi password': lasting<Surroundings>('wifi', ({ twin: { wifi } }, isWrong) => {
    wifi.home.password = isWrong ? 'another' : SimulatedWifi.password
    if (isWrong) rejoin(wifi)
  }),
  'time servers silent': lasting<Surroundings>('clock', ({ twin: { time } }, isWrong) => {
    time.silent = isWrong
  }),
  'concentrator away': radio((concentrator, isWrong) => {
    concentrator.inRange = !isWrong
  }),
  'concentrator silent': radio(({ faults }, isWrong) => {
    faults.silent = isWrong
  }),
  'concentrator without power': radio((concentrator, isWrong) => {
    if (isWrong) concentrator.powerCycle()
  }),
  'bit errors': radio(({ faults }, isWrong) => {
    faults.bitErrors = isWrong ? 0.0005 : 0
  }),
  'link lost': radio((concentrator, isWrong) => {
    if (isWrong) concentrator.loseLink()
  }),
  'connecting hangs': radio((concentrator, isWrong) => {
    concentrator.faults.connectHangs = isWrong
    if (isWrong) concentrator.loseLink()
  }),
})

/** Faults of the way to a simulated broker, some of them after a command of the operator. */
export const NETWORK_FAULTS = Object.freeze({
  'DNS dead': lasting<NetworkWorld>('broker', ({ broker }, isWrong) => {
    broker.resolving = !isWrong
    if (isWrong) broker.cut()
  }),
  'broker refuses': lasting<NetworkWorld>('broker', ({ broker }, isWrong) => {
    broker.reachable = !isWrong
    if (isWrong) broker.cut()
  }),
  'broker silent': lasting<NetworkWorld>('broker', ({ broker }, isWrong) => {
    broker.answering = !isWrong
    if (isWrong) broker.cut()
  }),
  'broker half-open': lasting<NetworkWorld>('broker', ({ broker }, isWrong) => {
    broker.passing = !isWrong
  }),
  'broker forgets': lasting<NetworkWorld>('broker', ({ broker }, isWrong) => {
    broker.reachable = !isWrong
    if (isWrong) broker.forget()
  }),
  'connections break': fault<NetworkWorld>('broker', ({ broker, clock, random }) => {
    const pause = () => 1_000 + random() * 20_000
    const stop = repeat(clock, pause, () => {
      broker.breakAt = broker.packets + Math.floor(random() * 12)
    })
    return () => {
      stop()
      broker.breakAt = Number.POSITIVE_INFINITY
    }
  }),
  'access point gone, new credentials for one that is not there': fault<NetworkWorld>('wifi', (world) => {
    const { wifi } = world.twin
    announceRouter(world)
    return () => wifi.setInRange(wifi.home, true)
  }),
  'router exchanged for the one that was announced': fault<NetworkWorld>('wifi', (world) => {
    announceRouter(world)
    return () => void world.twin.wifi.add('next week', 'a new router')
  }),
  // The device goes back to the old password without help; only the router's new password ends with the fault.
  'wrong password after a change at the router': fault<NetworkWorld>('wifi', (world) => {
    const { wifi } = world.twin
    world.send('set_pwd', 'a typo')
    world.clock.set(() => {
      wifi.home.password = 'another password'
      rejoin(wifi)
    }, PASSWORD_CHANGED_AFTER)
    return () => {
      wifi.home.password = SimulatedWifi.password
    }
  }),
})

/** Faults of the device's power. */
const POWER_FAULTS = Object.freeze({
  'power cut': fault<PoweredWorld>('power', (world, length) => {
    world.cutPower(length)
    return nothing
  }),
  'power flickers': fault<PoweredWorld>('power', (world) => {
    const { random } = world
    const pause = () => 2_000 + random() * 40_000
    return repeat(world.clock, pause, () => world.cutPower(500 + random() * 1_000))
  }),
  'power cut in a write': fault<PoweredWorld>('power', (world, length) => {
    world.cutPowerInWrite(length)
    return nothing
  }),
})

/** Every fault of the simulated world, by its name. */
export const FAULTS = Object.freeze({ ...SURROUNDINGS_FAULTS, ...NETWORK_FAULTS, ...POWER_FAULTS })

export function fault<W, P extends string = Part>(part: P, begin: Fault<W, P>['begin']): Fault<W, P> {
  return Object.freeze({ part, begin })
}

/** Does `act` now, and again after each `pause`, in ms. */
export function repeat(clock: Clock, pause: () => number, act: () => void): End {
  let timer: Timer
  const next = () => {
    act()
    timer = clock.set(next, pause())
  }
  next()
  return () => clock.clear(timer)
}

/** Ends a fault that leaves nothing behind. */
export function nothing(): void {}

/** A fault that puts something wrong, and puts it right at its end. */
function lasting<W>(part: Part, put: (world: W, isWrong: boolean) => void): Fault<W> {
  return fault(part, (world) => {
    put(world, true)
    return () => put(world, false)
  })
}

/** A fault of the concentrator, in builds that have one. */
function radio(put: (concentrator: SimulatedConcentrator, isWrong: boolean) => void): Fault<Surroundings> {
  return lasting('ble', ({ twin }, isWrong) => put(twin.concentrator!, isWrong))
}

/** The network goes and comes back: the device has to join it anew. */
function rejoin(wifi: SimulatedWifi): void {
  wifi.setInRange(wifi.home, false)
  wifi.setInRange(wifi.home, true)
}

/** The operator announces a router, and the old one goes. */
function announceRouter(world: NetworkWorld): void {
  const { wifi } = world.twin
  world.send('set_ssid_pwd', 'ssid=next week&pwd=a new router')
  world.clock.set(() => wifi.setInRange(wifi.home, false), AWAY_AFTER)
}
