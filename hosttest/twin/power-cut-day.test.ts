// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import type { QueuedMessage } from '../../modules/delivery/queue.js'
import type { FlashPort } from '../../modules/ports/flash.js'
import type { MqttConnect } from '../../modules/ports/mqtt.js'
import type { StoragePort } from '../../modules/ports/storage.js'
import { Slots } from '../../modules/storage/slots.js'
import { Operator } from '../../soak/actors.js'
import { PowerCut, SimulatedFlash, type Tear } from '../../twin/flash.js'
import { startImpulses } from '../../twin/impulses.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { seededRandom } from '../../twin/random.js'
import { POWER_ON, testTwin } from '../../twin/virtual.js'
import { promptJournal } from '../support/journal.js'
import { oneIn } from '../support/parts.js'

const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const SECTORS = 48
const WATER = '12345678:000102030405060708090a0b0c0d0e0f'
/** Packet ids of the journal begin here. */
const FIRST_STORED_ID = 0x8000

/** The bytes at which power goes. */
const BYTES = oneIn(587)

/** Flash whose writes are undone afterwards. */
class Undone implements FlashPort {
  readonly size: number
  readonly sectorSize: number
  #flash: SimulatedFlash
  #undo: { readonly offset: number; readonly bytes: Uint8Array }[] = []

  constructor(flash: SimulatedFlash) {
    this.#flash = flash
    this.size = flash.size
    this.sectorSize = flash.sectorSize
  }

  read(offset: number, into: Uint8Array): boolean {
    return this.#flash.read(offset, into)
  }

  write(offset: number, bytes: Uint8Array): boolean {
    this.#keep(offset, bytes.length)
    return this.#flash.write(offset, bytes)
  }

  erase(sector: number): boolean {
    this.#keep(sector * this.sectorSize, this.sectorSize)
    return this.#flash.erase(sector)
  }

  undo(): void {
    for (const { offset, bytes } of this.#undo.reverse()) this.#flash.bytes.set(bytes, offset)
    this.#undo.length = 0
  }

  #keep(offset: number, length: number): void {
    this.#undo.push({ offset, bytes: this.#flash.bytes.slice(offset, offset + length) })
  }
}

/** What a device that is switched on with this flash delivers, in order. */
function recovered(flash: FlashPort): QueuedMessage[] {
  const { journal, next } = promptJournal(flash, 2e9)
  const messages: QueuedMessage[] = []
  for (let message = next(true); message !== undefined; message = next(true)) {
    messages.push(message)
    journal.delivered()
  }
  return messages
}

const describeAll = (messages: readonly QueuedMessage[]) =>
  messages.map(({ id, topic, text, published, received }) => `${id} ${topic} ${text} ${published} ${received}`)

/** The flash of the journal; before anything is written, power goes at each byte of it, and the device is looked at. */
class TriedFlash implements FlashPort {
  readonly size: number
  readonly sectorSize: number
  readonly flash = new SimulatedFlash({ sectors: SECTORS })
  cuts = 0
  /** Before each write: what would be delivered. */
  onWrite: (waiting: readonly QueuedMessage[]) => void = () => {}
  /** What would be delivered since the last write. */
  #waiting: readonly QueuedMessage[] | undefined
  #step = 0

  constructor() {
    this.size = this.flash.size
    this.sectorSize = this.flash.sectorSize
  }

  read(offset: number, into: Uint8Array): boolean {
    return this.flash.read(offset, into)
  }

  write(offset: number, bytes: Uint8Array): boolean {
    return this.#try(offset, bytes.length, (flash) => flash.write(offset, bytes))
  }

  erase(sector: number): boolean {
    return this.#try(sector * this.sectorSize, this.sectorSize, (flash) => flash.erase(sector))
  }

  /** Either all of it was done or nothing. */
  #try(offset: number, length: number, action: (flash: FlashPort) => boolean): boolean {
    const undone = new Undone(this.flash)
    const look = () => {
      const messages = recovered(undone)
      undone.undo()
      return messages
    }
    const waiting = this.#waiting ?? look()
    this.onWrite(waiting)
    const before = describeAll(waiting)
    const content = this.flash.bytes.slice(offset, offset + length)
    const { steps } = this.flash
    action(this.flash)
    const total = this.flash.steps - steps
    this.#waiting = look()
    const after = describeAll(this.#waiting)
    const whole = this.flash.bytes.slice(offset, offset + length)
    for (let step = 0; step < total; step++) {
      if (this.#step++ % BYTES.stride !== BYTES.first) continue
      const random = seededRandom(this.#step)
      for (const tear of ['byte', 'page'] satisfies Tear[]) {
        this.cuts++
        this.flash.bytes.set(content, offset)
        const torn = new SimulatedFlash({ sectors: SECTORS, content: this.flash.bytes, random, tear })
        torn.cutAt = step
        try {
          action(torn)
        } catch (error) {
          if (!(error instanceof PowerCut)) throw error
        }
        const found = describeAll(look())
        const expected = found.join() === before.join() ? before : after
        deepEqual(found, expected, `step ${step} of ${total} at ${offset}, by ${tear}`)
      }
    }
    this.flash.bytes.set(whole, offset)
    return true
  }
}

/** Settings, tags, meters and counter; before a record is written, power goes at each byte of it. */
class TriedStorage extends MemoryStorage {
  cuts = 0
  readonly names = new Set<string>()
  /** Before each write: what a device that is switched on then would find. */
  onWrite: (name: string, record: Uint8Array | undefined) => void = () => {}
  #step = 0

  override write(key: string, bytes: Uint8Array): boolean {
    const old = this.read(key) ?? new Uint8Array(0)
    const name = key.slice(0, -2)
    const read = (slot: Uint8Array) => {
      const port: StoragePort = { read: (other) => (other === key ? slot : this.read(other)), write: () => true }
      return new Slots(port, name).read()
    }
    this.names.add(name)
    this.onWrite(name, read(old))
    const [before, after] = [`${read(old)}`, `${read(bytes)}`]
    for (let written = 0; written <= bytes.length; written++) {
      if (this.#step++ % BYTES.stride !== BYTES.first) continue
      const begun = bytes.slice(0, written)
      const overOld = Uint8Array.from({ length: Math.max(old.length, written) }, (_, i) => begun[i] ?? old[i]!)
      const overBlank = Uint8Array.from(bytes, (_, i) => begun[i] ?? 0xff)
      for (const slot of [begun, overOld, overBlank]) {
        this.cuts++
        const found = `${read(slot)}`
        ok(found === before || found === after, `${key}: ${written} of ${bytes.length} bytes`)
      }
    }
    return super.write(key, bytes)
  }
}

/** Keeps account of what has gone out of the journal and has not come to its end. */
function accountOf(connect: MqttConnect) {
  const underWay = new Map<number, 'published' | 'released'>()
  const listened: MqttConnect = (options) => {
    const connection = connect({
      ...options,
      onConnected(sessionPresent) {
        if (!sessionPresent) underWay.clear()
        options.onConnected(sessionPresent)
      },
      onControl(control, id) {
        if (control === 'pubcomp') underWay.delete(id)
        options.onControl(control, id)
        // The connection answers by itself as soon as this has returned.
        if (control === 'pubrec' && underWay.has(id)) underWay.set(id, 'released')
      },
    })
    return {
      publish(id, topic, payload, duplicate) {
        const isSent = connection.publish(id, topic, payload, duplicate)
        if (isSent && id >= FIRST_STORED_ID) underWay.set(id, 'published')
        return isSent
      },
      release: (id) => connection.release(id),
      subscribe: (id, topic, qos) => connection.subscribe(id, topic, qos),
      unsubscribe: (id, topic) => connection.unsubscribe(id, topic),
      ping: () => connection.ping(),
      close: () => connection.close(),
    }
  }
  return { underWay, listened }
}

describe(`power that goes at each byte of what a device writes, ${BYTES.name},`, () => {
  it('on a busy day with two meters, leaves what was before or what would be after', async () => {
    const flash = new TriedFlash()
    const storage = new TriedStorage()
    const random = seededRandom(17)
    let account: ReturnType<typeof accountOf> | undefined
    const device = testTwin(
      { BLE: '1', WATER_METERS: WATER },
      {
        storage,
        flash,
        connect: (options) => {
          account ??= accountOf(device.broker.connect)
          return account.listened(options)
        },
      },
    )
    const { clock, twin, broker, envelope } = device
    const operator = new Operator({
      broker,
      envelope,
      random,
      serial: () => twin.serial,
      now: () => Math.floor((POWER_ON + clock.now()) / SECOND),
      energy: () => 40_000,
    })
    /** How many were delivered or waited when so many ms had passed. */
    const known: { readonly at: number; readonly count: number }[] = []
    flash.onWrite = (waiting) => {
      const at = clock.now()
      const [first, ...others] = waiting
      for (const [id, state] of account?.underWay ?? []) {
        equal(first?.id, id, 'what is under way comes first')
        ok(first?.published && (state === 'published' || first.received), `${first?.topic} is ${state}`)
      }
      ok(!others.some(({ published }) => published))
      const topics = new Set(broker.messages.map(({ topic }) => topic))
      for (const { topic } of waiting) topics.add(topic)
      known.push({ at, count: [...topics].filter((topic) => topic.startsWith('/sample/')).length })
    }
    const plan = (at: number, action: () => void) => clock.set(action, at)
    for (let at = 5 * MINUTE; at < DAY; at += 7 * MINUTE) plan(at, () => operator.sendAny())
    plan(2 * HOUR, () => {
      broker.reachable = false
      broker.cut()
    })
    plan(3.5 * HOUR, () => {
      broker.reachable = true
    })
    plan(6 * HOUR, () => operator.send('restart'))
    plan(8 * HOUR, () => twin.powerCut(MINUTE))
    plan(10 * HOUR, () => {
      twin.time.silent = true
      twin.powerCut(MINUTE)
    })
    plan(10.5 * HOUR, () => {
      twin.time.silent = false
    })
    plan(12 * HOUR, () => broker.forget())
    for (let at = 14 * HOUR; at < 15 * HOUR; at += 20 * SECOND)
      plan(at, () => {
        broker.breakAt = broker.packets + Math.floor(random() * 12)
      })
    plan(15 * HOUR, () => {
      broker.breakAt = Number.POSITIVE_INFINITY
    })
    twin.start()
    await clock.run(DAY)
    twin.close()
    const samples = broker.messages.map(({ topic }) => topic).filter((topic) => topic.startsWith('/sample/'))
    equal(new Set(samples).size, samples.length)
    ok(samples.length > 2 * 1_400, `${samples.length} samples`)
    const times = samples.map((topic) => Number(topic.split('/')[4]) * SECOND - POWER_ON).sort((a, b) => a - b)
    let [longAgo, wrong] = [0, 0]
    for (const { at, count } of known) {
      // What is written before the time is known is dated when it is, and until then given up with the power.
      if (at >= 10 * HOUR && at < 10.6 * HOUR) continue
      while (times[longAgo]! < at - 80 * SECOND) longAgo++
      if (count < longAgo) wrong++
    }
    equal(wrong, 0, 'moments at which a sample was neither delivered nor waiting')
    console.log(`      ${flash.cuts} power cuts in the journal, ${storage.cuts} in ${[...storage.names].join(', ')}`)
    ok(flash.cuts > 586_000 / BYTES.stride && storage.cuts > 58_600 / BYTES.stride)
  })

  it('on a day of an impulse meter, costs a minute of impulses at most', async () => {
    const storage = new TriedStorage()
    const flash = new SimulatedFlash({ sectors: SECTORS })
    const { clock, twin } = testTwin({ IMPULSE: '1', SERIAL: '42' }, { storage, flash })
    /** How many there had been at the end of each second. */
    const counts: number[] = []
    let writes = 0
    storage.onWrite = (name, record) => {
      if (name !== 'impulse') return
      writes++
      const kept = record === undefined ? 0 : new DataView(record.buffer, record.byteOffset).getUint32(0)
      const minuteAgo = counts[Math.floor(clock.now() / SECOND) - 62] ?? 0
      ok(
        kept >= minuteAgo && kept <= twin.impulses.count,
        `${kept} of ${twin.impulses.count}, ${minuteAgo} a minute ago`,
      )
    }
    twin.start()
    const stop = startImpulses(twin.impulses, clock)
    for (let second = 0; second < DAY / SECOND; second++) {
      await clock.run(SECOND)
      counts.push(twin.impulses.count)
    }
    stop()
    twin.close()
    console.log(`      ${storage.cuts} power cuts in ${[...storage.names].join(', ')}`)
    ok(writes > 1_300, `${writes} writes`)
  })
})
