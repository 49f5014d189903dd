import { deepEqual, equal, ok } from 'node:assert/strict'
import { decodeUtf8, encodeUtf8 } from '../../../modules/codec/utf8.js'
import { Delivery } from '../../../modules/delivery/delivery.js'
import { ENTRY_HEADER } from '../../../modules/delivery/journal/entry.js'
import { Kind, messagePrefix } from '../../../modules/delivery/topics.js'
import type { Clock } from '../../../modules/ports/clock.js'
import { WallClock } from '../../../modules/time/wall-clock.js'
import { MqttSession } from '../../../modules/uplink/session.js'
import { BootClock } from '../../../twin/clock.js'
import { PowerCut, SimulatedFlash } from '../../../twin/flash.js'
import { seededRandom } from '../../../twin/random.js'
import { SimulatedBroker } from '../../../twin/simulated-broker.js'
import { runOverCuts, testClock } from '../../support/clock.js'
import { hosted } from '../../support/hosted.js'
import { START, timeOf } from '../../support/journal.js'

const ROUND_TRIP = 20
const PERIOD = 60_000
const SERIAL = '1234567'
const PREFIX = messagePrefix(Kind.Sample, SERIAL)

/** A device that can be switched off: journal and session on the flash that stays, a broker and a network that stay. */
function setUp(sectors = 32) {
  const clock = testClock()
  const flash = new SimulatedFlash({ sectors, random: seededRandom(1) })
  const broker = new SimulatedBroker(clock, ROUND_TRIP)
  /** Texts of what was written: a number and when it was taken. */
  const taken: string[] = []
  let count = 0
  let off = () => {}

  function powerOn(): void {
    const own = new BootClock(clock)
    let isOn = true
    const alive = (work: () => void) => () => {
      if (isOn) work()
    }
    flash.powerOn()
    /** Texts that are not yet in flash, and how many bytes will have been written when they are. */
    const waiting: { readonly text: string; readonly until: number }[] = []
    const note = () => {
      while (waiting.length > 0 && flash.bytesWritten > waiting[0]!.until) taken.push(waiting.shift()!.text)
    }
    const deviceClock: Clock = {
      now: () => own.now(),
      set: (work, ms) =>
        own.set(
          alive(() => {
            work()
            note()
          }),
          ms,
        ),
      clear: (timer) => own.clear(timer),
    }
    const wallClock = new WallClock(deviceClock)
    wallClock.set(START * 1000 + clock.now())
    const random = seededRandom(clock.now() + 1)
    const envelope = { seal: (_: string, text: string) => encodeUtf8(text) }
    const delivery = new Delivery({ clock: deviceClock, wallClock, envelope, flash, random })
    const session = hosted(MqttSession, {
      clock: deviceClock,
      wallClock,
      delivery,
      random,
      connect: (options) =>
        broker.connect({
          ...options,
          onConnected: (present) => alive(() => options.onConnected(present))(),
          onControl: (control, id) => {
            // A device without power sends no PUBREL; what is on its way arrives.
            if (!isOn) throw new PowerCut('has no power')
            options.onControl(control, id)
          },
          onClosed: (reason) => alive(() => options.onClosed(reason))(),
        }),
      broker: () => ({ host: 'broker', port: 1883, user: 'u', password: 'p', certificate: '' }),
      numbers: () => ['1234567'],
      onConnected: () => session.subscribe(),
      onMessage: () => {},
      log: () => {},
    })
    const sample = alive(() => {
      own.set(sample, PERIOD)
      const text = `${++count} ${clock.now()}`
      const from = waiting.at(-1)?.until ?? flash.bytesWritten
      waiting.push({ text, until: from + ENTRY_HEADER + PREFIX.length + text.length })
      delivery.sample(SERIAL, own.now(), text)
      note()
    })
    off = () => {
      isOn = false
    }
    sample()
    alive(() => session.start(SERIAL))()
  }

  /** Lets time pass; when power goes meanwhile it comes back at once. */
  function run(ms: number): Promise<void> {
    return runOverCuts(clock, ms, () => {
      if (flash.on) return
      off()
      powerOn()
    })
  }

  return {
    clock,
    run,
    broker,
    flash,
    taken,
    powerOn,
    cutPower: () => off(),
    arrived: () => broker.messages.map(({ payload }) => decodeUtf8(payload)),
  }
}

/** Milliseconds after the start when a sample was taken. */
function takenAt(text: string): number {
  return Number(text.split(' ')[1])
}

describe('the MQTT session with a journal', () => {
  it('delivers a sample within two round trips of its being taken, under its own time', async () => {
    const { run, broker, powerOn } = setUp()
    powerOn()
    await run(10 * PERIOD)
    equal(broker.messages.length, 10)
    for (const { at, topic, payload } of broker.messages) {
      const taken = takenAt(decodeUtf8(payload))
      ok(taken === 0 || at - taken <= 2 * ROUND_TRIP)
      equal(timeOf(topic), START + taken / 1000)
    }
  })

  it('delivers the samples of a day without broker afterwards, in order of time, and new ones meanwhile at once', async () => {
    const { run, clock, broker, taken, powerOn, arrived } = setUp(192)
    powerOn()
    await run(5 * PERIOD + 1_000)
    broker.reachable = false
    broker.cut()
    await run(1440 * PERIOD)
    const back = clock.now()
    broker.reachable = true
    await run(40 * PERIOD)
    equal(new Set(arrived()).size, broker.messages.length)
    const isLive = (text: string) => takenAt(text) > back + 10_000
    deepEqual(
      arrived().filter((text) => !isLive(text)),
      taken.filter((text) => !isLive(text)),
    )
    const live = broker.messages.filter(({ payload }) => isLive(decodeUtf8(payload)))
    ok(live.length > 35, `${live.length}`)
    ok(live.every(({ at, payload }) => at - takenAt(decodeUtf8(payload)) < 1_000))
    const last = broker.messages.find(({ payload }) => decodeUtf8(payload) === taken[1444])!
    const minutes = Math.round((last.at - back) / PERIOD)
    ok(minutes < 30, `${minutes} minutes`)
  })

  it('delivers each sample exactly once over a network that breaks and power that fails all the time', async () => {
    let cuts = 0
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed)
      const { run, broker, flash, taken, powerOn, cutPower, arrived } = setUp()
      powerOn()
      for (let i = 0; i < 80; i++) {
        await run(random() * 2_000 + (random() < 0.3 ? PERIOD : 0))
        if (random() < 0.3) broker.cut()
        if (random() < 0.2) {
          cutPower()
          powerOn()
        }
        if (random() < 0.3) flash.cutAt = flash.steps + Math.floor(random() * 40)
        broker.reachable = random() < 0.9
      }
      flash.cutAt = Number.POSITIVE_INFINITY
      broker.reachable = true
      await run(10.5 * PERIOD)
      cuts += broker.wills.length
      const all = new Set(arrived())
      equal(all.size, broker.messages.length, `twice with seed ${seed}`)
      deepEqual(
        taken.filter((text) => !all.has(text)),
        [],
        `lost with seed ${seed}`,
      )
    }
    ok(cuts > 500, `only ${cuts} connections were cut`)
  })

  it('delivers each sample exactly once whichever byte of a write power goes at', async () => {
    for (let step = 0; step < 160; step++) {
      const { run, broker, flash, taken, powerOn, arrived } = setUp()
      powerOn()
      await run(PERIOD - 1)
      flash.cutAt = flash.steps + step
      await run(3.5 * PERIOD)
      const all = new Set(arrived())
      equal(all.size, broker.messages.length, `twice with power cut at step ${step}`)
      deepEqual(
        taken.filter((text) => !all.has(text)),
        [],
        `lost with power cut at step ${step}`,
      )
    }
  })

  it('loses nothing when the broker forgets the session at any moment', async () => {
    for (let at = 0; at < 60; at += 3) {
      const { run, broker, taken, powerOn, arrived } = setUp()
      powerOn()
      await run(PERIOD + at)
      broker.forget()
      await run(3.5 * PERIOD)
      const all = new Set(arrived())
      deepEqual(
        taken.filter((text) => !all.has(text)),
        [],
        `forgotten after ${at} ms`,
      )
    }
  })
})
