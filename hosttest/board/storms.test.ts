// node only
import { deepEqual, equal } from 'node:assert/strict'
import { engine32 } from '../xs/machine.js'
import { needsMachine } from '../xs/needs-machine.js'
import { runBoard } from './run.js'
import { needsSdk, sdkModules } from './sdk-modules.js'

/**
 * Bytes that a storm may need beyond an idle board, also where it ends the connection again and again; beyond a board that
 * has connected anew, where a connection lasts until the board sends its announcement.
 */
const ALLOWED = 4_096
const STORMS = 21

interface Peak {
  readonly name: string
  readonly peak: number
  readonly connections: number
  /** Messages that the board has sent. */
  readonly said: number
}

for (const [kind, replaced] of [
  ['the stand-in', () => ({})],
  ['the SDK’s own', sdkModules],
] as const)
  describe(`a board whose broker is hostile; the MQTT client is ${kind}`, function () {
    this.timeout(900_000)
    const machine = needsMachine(this, engine32)
    before(function () {
      if (replaced === sdkModules) needsSdk(this)
    })

    it(`needs at most 4 kB more than an idle board in each of ${STORMS} storms, and loses no sample`, async () => {
      const { lines } = await runBoard({
        engine: machine.engine,
        replaced: replaced(),
        world: `import { storms } from './world/storms.js'
void storms()`,
      })
      const [idle, reconnection, ...peaks] = lines.map((line) => JSON.parse(line) as Peak)
      equal(peaks.length, STORMS)
      const found = peaks.map(({ name, peak, said }) => {
        const like = said > 0 ? reconnection! : idle!
        return { more: peak - like.peak, text: `${name}: ${peak - like.peak} bytes more than ${like.name}` }
      })
      if (process.env.SHOW) console.log([...lines.slice(0, 2), ...found.map(({ text }) => text)].join('\n'))
      deepEqual(
        found.filter(({ more }) => more > ALLOWED),
        [],
      )
    })
  })
