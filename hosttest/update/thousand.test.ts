// node only
import { equal, ok } from 'node:assert/strict'
import { Flaw } from '../../twin/image.js'
import { seededRandom } from '../../twin/random.js'
import { parts } from '../support/parts.js'
import { updatableTwin } from '../support/update.js'

const MINUTE = 60_000
const PARTS = 20
const UPDATES = 1_000

for (const { part, name } of parts(PARTS))
  describe(`1,000 updates and rollbacks, ${name},`, () => {
    it('lose no sample and double none', async () => {
      const random = seededRandom(part + 1)
      const device = updatableTwin({}, { seed: part + 1 })
      const { clock, twin, offer, told, ended, http } = device
      http.loses = () => random() < 0.01
      await device.online()
      let running = '0.1.0'
      const counts = { good: 0, back: 0 }
      for (let i = 0; i < UPDATES / PARTS; i++) {
        const flaw = [undefined, undefined, Flaw.Broken, Flaw.Crash][Math.floor(random() * 4)]
        const version = `0.2.${i}`
        const from = told().length
        offer({ version, size: 1_000 + Math.floor(random() * 30_000), flaw, seed: i })
        if (random() < 0.2) clock.set(() => twin.powerCut(5_000), random() * 3 * MINUTE)
        const end = await ended(120 * MINUTE, from)
        if (twin.image.version === version) {
          ok(flaw === undefined && end?.includes('state=good'), `${version}: ${told().slice(from).join(' | ')}`)
          running = version
          counts.good++
        } else {
          equal(twin.image.version, running, `${version}: ${told().slice(from).join(' | ')}`)
          ok(end === undefined || /state=(rolled_back|failed|refused)&.*reason=./.test(end), end)
          counts.back++
        }
        await clock.run(2 * MINUTE)
      }
      await clock.run(10 * MINUTE)
      const samples = device.checkSamples()
      console.log(`      ${counts.good} new images, ${counts.back} rollbacks, ${samples} samples`)
      ok(counts.good > 10 && counts.back > 10)
      twin.close()
    })
  })
