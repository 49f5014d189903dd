// node only
import { deepEqual, ok } from 'node:assert/strict'
import { CaptureAnalysis } from '../../decoders/analysis.js'
import { TelegramReader } from '../../decoders/telegram-reader.js'
import { diagnose } from '../../modules/wmbus/diagnose.js'
import { Signatures } from '../../modules/wmbus/signatures.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { cpuTime } from '../support/cpu-time.js'
import { clearFrame, WATER } from '../wmbus/frames.js'

describe('the analysis of a capture', () => {
  it('of one meter or of many takes a time that grows as the number of telegrams does', async () => {
    const frame = Buffer.from(clearFrame(WATER, '7802ff2000000413d2220000'))
    const capture = (count: number, meters: number) =>
      Array.from({ length: count }, (_, i) => {
        const one = Buffer.from(frame)
        one.writeUInt16LE(Number.parseInt(String(i % meters), 16), 4)
        return one.toString('hex')
      }).join('\n')
    for (const meters of [1, 2_500]) {
      const measured: number[] = []
      // The first warms up.
      for (const count of [2_500, 2_500, 20_000]) {
        const text = capture(count, meters)
        let telegrams = 0
        let heard = 0
        const ms = await cpuTime(() => {
          const options = { key: undefined, crypto: nodeCrypto, signatures: new Signatures() }
          const analysis = new CaptureAnalysis()
          const reader = new TelegramReader((found, place) =>
            analysis.add(diagnose(found.bytes, options), found, place),
          )
          for (const line of text.split('\n')) reader.push(line)
          const found = analysis.result
          heard = found.meters.length
          for (const meter of found.meters) telegrams += meter.telegrams
        })
        deepEqual([telegrams, heard], [count, meters])
        measured.push(ms)
      }
      ok(measured[2]! < 20 * measured[1]!, `${measured.map(Math.round)} ms`)
    }
  })
})
