import { equal, ok } from 'node:assert/strict'
import { testTwin } from '../../twin/virtual.js'

describe('somebody else with the client id of a device', () => {
  it('makes it come back ever more slowly, and read its meter no oftener', async () => {
    const { clock, broker, twin, messages, online } = testTwin()
    let readings = 0
    await online()
    await clock.run(70_000)
    twin.multical!.onRegisters = () => readings++
    const before = broker.connections
    // Each connection is thrown off a few seconds after it came up.
    for (let second = 0; second < 300; second += 3) {
      broker.cut('session taken over')
      await clock.run(3_000)
    }
    const connections = broker.connections - before
    ok(readings <= 6, `${readings} readings in 300 s`)
    ok(connections <= 15, `${connections} connections in 300 s`)
    await clock.run(300_000)
    const samples = messages('sample').map(({ time }) => time)
    equal(new Set(samples).size, samples.length)
    const gaps = samples.sort((a, b) => a - b).filter((time, i) => i > 0 && time - samples[i - 1]! > 65)
    equal(gaps.length, 0)
    twin.close()
  })
})
