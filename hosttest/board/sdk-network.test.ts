// node only
import { deepEqual } from 'node:assert/strict'
import { needsMachine } from '../xs/needs-machine.js'
import { runNetwork } from './network-run.js'
import { needsSdk, sdkModules } from './sdk-modules.js'

const IMPORTS = `import Net from 'net'
import Time from 'time'
import SNTP from 'sntp'
const now = () => Math.round(Time.ticks / 100) / 10
const ask = (host = 'dk.pool.ntp.org', answer = () => {}) =>
  new SNTP({ host }, (message, value) => { say(now(), message, value); return answer(message, value) })
const resolve = (name) => Net.resolve(name, (host, address) => say(now(), host, address))`

describe('the stand-in for the SDK’s names', function () {
  needsMachine(this)

  it('resolves one after the other, never at once, and keeps the answers', async () => {
    const { traced } = await runNetwork(
      IMPORTS,
      `Timer.set(() => resolve('without a server'), 10)
  join(() => {
    resolve('broker')
    resolve('nobody')
    resolve('10.0.0.1')
    say('later')
  })
  Timer.set(() => { resolve('broker'); resolve('host') }, 5_000)
  Timer.set(() => resolve('broker'), 400_000)`,
      `await clock.run(4_900)
  network.resolving = false
  await clock.run(500_000)`,
    )
    deepEqual(traced, [
      '0 without a server undefined',
      'later',
      '3 broker 203.0.113.5',
      '3.1 nobody undefined',
      '3.1 10.0.0.1 10.0.0.1',
      '5 broker 203.0.113.5',
      '12 host undefined',
      '407 broker undefined',
    ])
  })

  it('is aborted by an exception of its callback', async () => {
    const { aborts, traced } = await runNetwork(
      IMPORTS,
      `join(() => Net.resolve('broker', () => { throw new Error('of the callback') }))`,
      'await clock.run(4_000)',
    )
    deepEqual(aborts, ['resolved: unhandled exception: Error: of the callback'])
    deepEqual(traced, [])
  })
})

describe('the stand-in for the SDK’s older socket', function () {
  needsMachine(this)

  it('keeps six datagrams, and tells of the next when all of one was read', async () => {
    const { traced } = await runNetwork(
      `import { Socket } from 'socket'`,
      `class Receiver extends Socket {
    callback(message, size, address, port) {
      say(message, size, this.read(Number), address, port)
      Timer.set(() => say(this.read(), this.read(null), attempt(() => this.read(null))), 1_000)
    }
  }
  join(() => {
    const socket = new Receiver({ kind: 'UDP', port: 7 })
    Timer.set(() => { socket.close(); socket.close(); say(attempt(() => socket.read())) }, 20_000)
  })`,
      `await clock.run(4_000)
  const one = visitor()
  for (let i = 0; i < 9; i++) udp.datagrams.sendFrom(one, 100 + i, 7, Uint8Array.of(i, 1, 2))
  await clock.run(20_000)`,
    )
    const told = traced.filter((line) => line.startsWith('2 3'))
    deepEqual(
      told,
      [3, 4, 5, 6, 7, 8].map((i) => `2 3 ${i} 192.168.1.50 ${100 + i}`),
    )
    deepEqual(traced[1], '2 2 Error: nothing to read')
    deepEqual(traced.at(-1), 'SyntaxError: C: xsGetHostData: no host data')
  })
})

for (const [kind, replaced] of [
  ['the stand-in', () => ({})],
  ['the SDK’s own', sdkModules],
] as const)
  describe(`SNTP, ${kind}`, function () {
    needsMachine(this)
    before(function () {
      if (replaced === sdkModules) needsSdk(this)
    })

    const run = (main: string, script: string) => runNetwork(IMPORTS, main, script, replaced())

    it('tells the time once', async () => {
      const { traced, result } = await run(
        `say(attempt(() => ask()))
  join(() => ask())`,
        `await clock.run(60_000)
  return time.asked`,
      )
      deepEqual(traced, ['Error: no network', '3.1 1 1780272003'])
      deepEqual(result, 1)
    })

    it('tells every 5 s that it asks again, and of an error instead of the fifth time', async () => {
      const { traced, result } = await run(
        'join(() => ask())',
        `time.silent = true
  await clock.run(60_000)
  return time.asked`,
      )
      deepEqual(traced, [
        '8 2 undefined',
        '13 2 undefined',
        '18 2 undefined',
        '23 2 undefined',
        '28 -1 no response from SNTP server',
      ])
      deepEqual(result, 5)
    })

    it('goes on with the server that the callback of an error names', async () => {
      const { traced } = await run(
        `join(() => ask('nobody', (message) => message === SNTP.error && 'dk.pool.ntp.org'))`,
        'await clock.run(60_000)',
      )
      deepEqual(traced, ['3 -1 cannot resolve nobody', '3.1 1 1780272003'])
    })

    it('refuses what is no answer, takes no kiss of death for one, and believes anybody', async () => {
      const { traced } = await run(
        `join(() => ask())
  Timer.set(() => ask(), 10_000)
  Timer.set(() => ask(), 20_000)
  Timer.set(() => ask(), 30_000)`,
        `time.answer = (request) => request.slice(0, 47)
  await clock.run(5_000)
  time.answer = (request) => request
  await clock.run(10_000)
  time.answer = () => { time.answer = undefined; const kiss = new Uint8Array(48); kiss[0] = 0x24; return kiss }
  await clock.run(14_000)
  time.answer = () => new Uint8Array(48)
  await clock.run(1_030)
  const liar = visitor()
  const answer = new Uint8Array(48)
  answer.set([0x24, 1])
  answer.set([0x83, 0xaa, 0x7e, 0x80], 40)
  for (let port = 49_152; port < 49_160; port++) udp.datagrams.sendFrom(liar, 9, port, answer)
  await clock.run(10_000)`,
      )
      deepEqual(traced, [
        '3.1 -1 unexpected SNTP packet length',
        '10 -1 unexpected SNTP packet first byte',
        '25 2 undefined',
        '25 1 1780272025',
        '30 1 0',
      ])
    })

    it('counts in 32 bits with a sign', async () => {
      const { traced } = await run(
        'join(() => { ask(); ask() })',
        `const answers = [2 ** 31 - 1, 2 ** 31].map((unix) => {
    const answer = new Uint8Array(48)
    answer.set([0x24, 1])
    new DataView(answer.buffer).setUint32(40, (unix + 2_208_988_800) % 2 ** 32)
    return answer
  })
  time.answer = () => answers.shift()
  await clock.run(10_000)`,
      )
      deepEqual(traced, ['3.1 1 2147483647', '3.1 1 -2147483648'])
    })
  })
