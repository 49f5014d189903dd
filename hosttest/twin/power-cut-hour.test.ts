// node only

import { deepEqual, equal, ok } from 'node:assert/strict'
import { commandTopic } from '../../modules/delivery/topics.js'
import { POWER_ON, testTwin } from '../../twin/virtual.js'
import { runOverCuts } from '../support/clock.js'
import { FailingStorage, OUTCOMES, type Outcome } from '../support/failing-storage.js'
import { oneIn } from '../support/parts.js'

const MINUTE = 60_000
/** The Wi-Fi network that the twin is born with, and the key of its image. */
const FACTORY = 2
const WATER = '12345678:000102030405060708090a0b0c0d0e0f'

/** What an operator does in the hour: minute, command, payload. */
const COMMANDS: readonly (readonly [minute: number, name: string, payload?: string])[] = [
  [3, 'open_until', '60000'],
  [8, 'set_cron', 'minute=1&hour=4&command=open'],
  [14, 'close'],
  [20, 'ping'],
  [26, 'open_until', '60500'],
  [33, 'set_ap_mesh_pwd', 'another-password'],
  [41, 'save'],
  [47, 'clear_cron'],
  [52, 'close'],
]

/**
 * A device with a heat meter and a water meter for an hour.
 * @param writes until power goes at the next one, leaving the outcome behind
 */
async function hour(writes: number, outcome: Outcome) {
  const storage = new FailingStorage()
  const device = testTwin({ BLE: '1', WATER_METERS: WATER }, { storage })
  const { clock, twin, broker, envelope } = device
  let cutAt: number | undefined
  const run = (ms: number) =>
    runOverCuts(clock, ms, () => {
      cutAt = clock.now()
      storage.writesLeft = Number.POSITIVE_INFINITY
      twin.powerCut(5_000)
    })
  /** What somebody has recorded. */
  const recorded: { readonly topic: string; readonly sealed: Uint8Array }[] = []
  twin.start()
  storage.outcome = outcome
  storage.writesLeft = writes
  for (const [minute, name, text = '1'] of COMMANDS) {
    await run(minute * MINUTE - clock.now())
    const topic = commandTopic(twin.serial, Math.floor((POWER_ON + clock.now()) / 1000), name)
    const sealed = envelope.seal(topic, text)
    broker.publish(topic, sealed)
    recorded.push({ topic, sealed })
    await run(70_000)
    broker.publish(topic, sealed)
  }
  // Within the half hour in which the server's time is accepted, and after everything.
  for (const { topic, sealed } of recorded) broker.publish(topic, sealed)
  await run(65 * MINUTE - clock.now())
  return { ...device, storage, cutAt }
}

/** Of the writes, each with every outcome. */
const CASES = oneIn(3)

describe(`power that goes at a write, ${CASES.name},`, () => {
  it('of settings, tags or meters in an hour with commands and replays doubles nothing, loses nothing, and boots', async () => {
    const { storage } = await hour(Number.POSITIVE_INFINITY, 'old')
    const writes = storage.writes('') - FACTORY
    ok(writes > 10, `${writes} writes`)
    let cuts = 0
    for (let write = 0; write < writes; write++) {
      for (const [i, outcome] of OUTCOMES.entries()) {
        if ((write * OUTCOMES.length + i) % CASES.stride !== CASES.first) continue
        const { cutAt, messages, twin } = await hour(write, outcome)
        const place = `write ${write} of ${writes}, ${outcome}`
        if (cutAt === undefined) continue
        cuts++
        for (const serial of ['1234567', '12345678']) {
          const times = messages('sample')
            .filter((sample) => sample.serial === serial)
            .map(({ time }) => time - POWER_ON / 1000)
            .sort((a, b) => a - b)
          equal(new Set(times).size, times.length, `${place}: doubled`)
          const gaps = times.slice(1).filter((time, i) => time - times[i]! > 150)
          deepEqual(gaps, [], `${place}: nothing for more than two minutes before these seconds`)
          ok(times.at(-1)! > 63 * 60, `${place}: alive at the end`)
        }
        // Whoever recorded the commands has sent each once more, the openings after later ones had closed the valve.
        // Power that goes while a command is stored leaves it undone; the server asks again until it is answered.
        const { valveOpen, limit } = twin.settings
        const minute = Math.floor(cutAt / MINUTE)
        ok(!valveOpen || minute === 52, `${place}: open at the end`)
        ok(limit === 60_500 || (limit === 60_000 && minute === 26), `${place}: the limit is ${limit}`)
        // A command that stores nothing is remembered in flash within a minute, here not always before the power cut.
        const answers = messages('ping').length
        ok(answers <= 2, `${place}: ${answers} answers to one ping`)
      }
    }
    console.log(`      ${cuts} power cuts at ${writes} writes`)
    ok(cuts > 0)
  })
})
