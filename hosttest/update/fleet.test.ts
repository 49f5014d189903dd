// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toHex } from '../../modules/codec/hex.js'
import { VirtualClock } from '../../twin/clock.js'
import { Flaw, makeImage, type TwinImage } from '../../twin/image.js'
import { seededRandom } from '../../twin/random.js'
import { Operator, PATH, registerOf } from '../support/push.js'
import { signed, type UpdatedTwin, updatableTwin } from '../support/update.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const TWINS = 200
const OLD = '0.1.0'
/** Everybody's time goes on in steps of so many ms. */
const STEP = 15 * SECOND

describe(`a fleet of ${TWINS} twins, updated by update push over a lossy network`, () => {
  const register = registerOf(TWINS)
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-fleet-update-'))
  const path = join(folder, 'log.jsonl')
  const random = seededRandom(3)
  /** The operator's clock goes on from one roll-out to the next. */
  const clock = new VirtualClock()
  let fleet: UpdatedTwin[]
  /** How many messages of each twin the operator's broker has passed on. */
  const passed = new Array<number>(TWINS).fill(0)
  let operator: Operator
  /** What the network has lost. */
  const lost = { connections: 0, commands: 0, operators: 0 }

  before(async () => {
    fleet = register.devices.map(({ serial, key }, i) => {
      const number = Number(serial)
      const device = updatableTwin({ SERIAL: serial, KEY: toHex(key) }, { seed: i, meterSerial: number })
      device.http.loses = () => random() < 0.02
      return device
    })
    for (const { online } of fleet) await online()
    await clock.run(fleet[0]!.clock.now())
  })

  after(() => {
    operator.push.finish()
    for (const { twin } of fleet) twin.close()
    rmSync(folder, { recursive: true })
  })

  /** An operator who offers an image to all. */
  function offer(image: TwinImage): void {
    const file = signed(makeImage(image))
    for (const { http } of fleet) http.files.set(PATH, file)
    operator = new Operator(register, { clock, version: image.version }, path)
    operator.onCommand = (topic, message, serial) => {
      if (random() < 0.1) lost.commands++
      else fleet[register.devices.findIndex((device) => device.serial === serial)]!.broker.publish(topic, message)
    }
    operator.push.start()
  }

  /** A step of everybody's time, in which connections to the broker break, also the operator's. */
  async function step(): Promise<void> {
    const isAway = random() < 0.1
    if (isAway) lost.operators++
    operator.isConnected = !isAway
    for (const [i, device] of fleet.entries()) {
      const { broker } = device
      if (random() < 0.03) {
        lost.connections++
        broker.breakAt = broker.packets + Math.floor(random() * 10)
      }
      await device.clock.run(STEP)
      broker.breakAt = Number.POSITIVE_INFINITY
      for (const { topic, payload } of broker.messages.slice(passed[i]))
        if (!isAway) operator.push.onMessage(topic, payload)
      passed[i] = broker.messages.length
    }
    await clock.run(STEP)
    if (isAway) {
      operator.isConnected = true
      operator.push.onReconnected()
    }
  }

  /** Lets time pass until the roll-out is over, or somebody ends it. @returns minutes */
  async function rolledOut(isOver = () => operator.ended > 0): Promise<number> {
    const begin = clock.now()
    while (!isOver() && clock.now() < begin + 48 * 60 * MINUTE) await step()
    return Math.round((clock.now() - begin) / MINUTE)
  }

  const running = (version: string) => fleet.filter(({ twin }) => twin.image.version === version).length
  const told = () => new Set(operator.commands.map(({ serial }) => serial)).size

  for (const flaw of [Flaw.Broken, Flaw.Crash])
    it(`ends a bad version at stage one: ${flaw}`, async () => {
      const version = `0.1.${flaw === Flaw.Broken ? 1 : 2}`
      offer({ version, flaw })
      const minutes = await rolledOut()
      equal(operator.push.finish(), false)
      console.log(`      ${operator.lines[0]}; ${told()} of ${TWINS} were told, ${minutes} minutes`)
      // Where the operator was away, the device says it when it is told again.
      match(operator.lines[0]!, /^2000000 {2}(rolled_back|refused: failed before): /)
      deepEqual([told(), running(version), running(OLD)], [1, 0, TWINS])
      equal(operator.lines.filter((line) => line.endsWith('  not told')).length, TWINS - 1)
    })

  it('brings a good version to every device, in two runs with one log, and loses no sample', async () => {
    const image = { version: '0.2.0', size: 60_000 }
    offer(image)
    const minutes = [await rolledOut(() => operator.lines.length >= 60)]
    equal(operator.push.finish(), false)
    const first = operator
    const counts = (state: string) => first.lines.filter((line) => line.endsWith(`  ${state}`)).length
    const [good, underWay, notTold] = [counts('good'), counts('under way'), counts('not told')]
    offer(image)
    equal(operator.lines.filter((line) => line.endsWith('good: by the log')).length, good)
    minutes.push(await rolledOut())
    equal(operator.push.finish(), true)
    equal(running('0.2.0'), TWINS)
    const installed = fleet.map(({ told }) => told().filter((text) => text === 'state=good&version=0.2.0').length)
    for (let i = 0; i < 40; i++) await step()
    let samples = 0
    for (const { checkSamples, twin } of fleet) samples += checkSamples(twin.serial)
    const requests = fleet.reduce((sum, { http }) => sum + http.requests, 0)
    console.log(`      interrupted after ${minutes[0]} minutes: ${good} good, ${underWay} under way, ${notTold} not told
      the second run: ${TWINS} good after ${minutes[1]} minutes more; ${requests} requests, ${samples} samples
      the network lost ${lost.connections} connections of devices, ${lost.operators} of the operator, ${lost.commands} commands`)
    deepEqual([good + underWay + notTold, Math.max(...installed)], [TWINS, 1])
    ok(samples > (TWINS * clock.now()) / MINUTE / 2, String(samples))
  })
})
