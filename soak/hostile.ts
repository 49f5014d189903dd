import { crc16En13757 } from '../modules/codec/crc16-en13757.js'
import type { MqttConnectOptions } from '../modules/ports/mqtt.js'
import type { CutFlash } from '../twin/cut-flash.js'
import { type End, type Fault, fault, repeat } from '../twin/faults.js'
import type { ActionPart, PeopledWorld } from './actions.js'
import type { Packet } from './actors.js'
import type { FlakyStorage, FlashState } from './flaky-storage.js'
import type { LyingMeter } from './lying-meter.js'
import type { TimeLies } from './time-lies.js'

/** A world in which everybody around the device may be hostile. */
export interface HostileWorld extends PeopledWorld {
  readonly storage: FlakyStorage
  readonly journalFlash: CutFlash
  readonly lies: TimeLies
  readonly meter: LyingMeter
  /** The messages to the device that somebody on the way has kept. */
  readonly recorded: readonly Packet[]
  /** The last telegrams of the device's own radio meter. */
  readonly telegrams: readonly Uint8Array[]
}

export type HostilePart = ActionPart | 'attacker' | 'meter' | 'air' | 'flash'
type Hostility = Fault<HostileWorld, HostilePart>

type Pass = (topic: string, payload: Uint8Array) => void

const DAY = 86_400
const STRANGER = 0x44

/** What somebody hostile does for a while, by the names of the schedule. */
export const HOSTILITIES = Object.freeze({
  'broker replays': hostile('attacker', ({ broker, clock, random, recorded }) =>
    repeat(
      clock,
      () => random() * 3_000,
      () => {
        const packet = recorded[Math.floor(random() * recorded.length)]
        if (packet !== undefined) broker.publish(packet.topic, packet.payload.slice())
      },
    ),
  ),
  'broker holds back': hostile('attacker', (world) => {
    const held: Packet[] = []
    let pass: Pass = () => {}
    const stop = intercept(world, (topic, payload, onward) => {
      pass = onward
      held.push({ topic, payload })
      // Some of them come late and out of order, in the middle of what is held back.
      if (world.random() < 0.3) release(held, world.random, pass)
    })
    return () => {
      stop()
      // One after the other, so that what each of them does can be told.
      for (let i = held.length; i-- > 0; ) world.clock.set(() => release(held, world.random, pass), 50 * i)
    }
  }),
  'broker duplicates': hostile('attacker', (world) =>
    intercept(world, (topic, payload, pass) => {
      pass(topic, payload)
      for (let copies = Math.floor(world.random() * 4); copies > 0; copies--)
        world.clock.set(() => pass(topic, payload.slice()), world.random() * 60_000)
    }),
  ),
  'broker truncates': hostile('attacker', (world) =>
    intercept(world, (topic, payload, pass) => {
      const choice = world.random()
      const cut = Math.floor(world.random() * payload.length)
      if (choice < 0.3) pass(topic, payload)
      else if (choice < 0.6) pass(topic, payload.slice(0, cut))
      else if (choice < 0.8) pass(topic.slice(0, cut), payload.slice())
      else pass(`${topic}/${cut}`, payload.slice())
    }),
  ),
  'broker floods': hostile('attacker', ({ broker, clock, random }) =>
    repeat(
      clock,
      () => random() * 200,
      () => broker.inject((device) => flood(device, random)),
    ),
  ),
  'broker welcomes again': hostile('attacker', ({ broker, clock, random }) =>
    repeat(
      clock,
      () => random() * 20_000,
      () => broker.inject((device) => device.onConnected(true)),
    ),
  ),
  'client id stolen': hostile('attacker', ({ broker, clock, random }) =>
    repeat(
      clock,
      () => 500 + random() * 10_000,
      () => broker.cut('session taken over'),
    ),
  ),
  'one time server lies': hostile('clock', (world) => {
    const liar = Math.floor(world.random() * 4)
    const servers = ['dk.pool.ntp.org', 'us.pool.ntp.org', 'time.cloudflare.com', 'time.google.com']
    return lie(world, (server) => server === servers[liar])
  }),
  'all time servers lie': hostile('clock', (world) => lie(world, () => true)),
  'meter damaged': hostile('meter', ({ meter }) => {
    meter.damaged = 0.3
    return () => {
      meter.damaged = 0
    }
  }),
  'meter under other numbers': hostile('meter', ({ meter }) => {
    meter.renamed = 0.4
    return () => {
      meter.renamed = 0
    }
  }),
  'air full of strangers': hostile('air', (world) =>
    repeat(
      world.clock,
      () => 100 + world.random() * 900,
      () => world.twin.concentrator!.receiver.hear(stranger(world.random), -60),
    ),
  ),
  'air replays': hostile('air', (world) =>
    repeat(
      world.clock,
      () => world.random() * 4_000,
      () => hearAgain(world, (frame) => frame),
    ),
  ),
  'air flips bits': hostile('air', (world) =>
    repeat(
      world.clock,
      () => world.random() * 4_000,
      () =>
        hearAgain(world, (frame) => {
          const flipped = frame.slice()
          const at = 17 + Math.floor(world.random() * (frame.length - 19))
          flipped[at]! ^= 1 << Math.floor(world.random() * 8)
          return withChecksum(flipped)
        }),
    ),
  ),
  'flash full': flash('full'),
  'flash damages': flash('damages'),
  'journal refuses': hostile('flash', ({ journalFlash }) => {
    journalFlash.refuses = true
    return () => {
      journalFlash.refuses = false
    }
  }),
})

function hostile(part: HostilePart, begin: Hostility['begin']): Hostility {
  return fault(part, begin)
}

function intercept({ broker }: HostileWorld, onMessage: NonNullable<typeof broker.intercept>): End {
  broker.intercept = onMessage
  return () => {
    broker.intercept = undefined
  }
}

/** Lets one of the messages through that are held back. */
function release(held: Packet[], random: () => number, pass: Pass): void {
  const [packet] = held.splice(Math.floor(random() * held.length), 1)
  if (packet !== undefined) pass(packet.topic, packet.payload)
}

/** Any packet that a broker can send, without a reason. No packet id is one that the device uses. */
function flood(device: MqttConnectOptions, random: () => number): void {
  const id = 0
  const choice = Math.floor(random() * 6)
  if (choice === 0) device.onControl('pubrec', id)
  else if (choice === 1) device.onControl('pubcomp', id)
  else if (choice === 2) device.onControl('pingresp', id)
  else if (choice === 3) device.onSubscribed(id, Math.floor(random() * 256))
  else {
    const length = Math.floor(random() * (choice === 4 ? 64 : 600))
    device.onPublish(
      `/config/v2/${Math.floor(random() * 1e7)}/${Math.floor(random() * 2e9)}/open`,
      Uint8Array.from({ length }, () => Math.floor(random() * 256)),
    )
  }
}

/** The servers are wrong by the same time: seconds to years, forward or back, but not to before 2026 (docs/time.md). */
function lie({ lies, random }: HostileWorld, isLiar: (server: string) => boolean): End {
  const size = Math.round(2 * (5 * 365 * DAY) ** random())
  const offset = random() < 0.5 ? -Math.min(size, 300 * DAY) : size
  lies.offsetOf = (server) => (isLiar(server) ? offset : 0)
  return () => {
    lies.offsetOf = () => 0
  }
}

function flash(state: Exclude<FlashState, 'good'>): Hostility {
  return hostile('flash', ({ storage }) => {
    storage.state = state
    return () => {
      storage.state = 'good'
    }
  })
}

/** A telegram of the right form from a meter that is not ours. */
function stranger(random: () => number): Uint8Array {
  const frame = Uint8Array.from({ length: 24 + Math.floor(random() * 40) }, () => Math.floor(random() * 256))
  frame[0] = frame.length - 1
  frame[1] = STRANGER
  return withChecksum(frame)
}

/** One of our own meter's telegrams is heard once more. */
function hearAgain({ telegrams, twin, random }: HostileWorld, change: (frame: Uint8Array) => Uint8Array): void {
  const frame = telegrams[Math.floor(random() * telegrams.length)]
  if (frame !== undefined) twin.concentrator!.receiver.hear(change(frame), -50)
}

function withChecksum(frame: Uint8Array): Uint8Array {
  const end = frame.length - 2
  const crc = crc16En13757(frame, 0, end)
  frame[end] = crc >> 8
  frame[end + 1] = crc & 0xff
  return frame
}
