import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { FAULT_WORDS, type FaultName } from '../../site/world/fault-words.js'
import type { Item, PageRequest, PageResponse } from '../../site/world/protocol.js'
import { type Scenario, USUAL } from '../../site/world/scenario.js'
import { World } from '../../site/world/world.js'
import { KEY } from './key.js'

const MINUTE = 60_000

function start(changes: Partial<Scenario> = {}) {
  const items: Item[] = []
  const scenario = { ...USUAL, ...changes }
  const world = new World({ scenario, key: KEY, unix: 1_800_000_000_000, onItem: (item) => items.push(item) })
  const state = () => world.state(undefined, 0)
  const texts = (kind: string) =>
    items.flatMap((item) => (item.is === 'message' && item.way === 'up' && item.kind === kind ? [item.text] : []))
  return { world, items, state, texts }
}

const GET: PageRequest = { method: 'GET', path: '/', body: '', cookie: '', language: 'en' }

describe('the world of the playground', () => {
  it('has every meter, and what it shows', async () => {
    const shown = { kmp: 'heat', mc66c: 'heat', mc66b: 'heat', flowiq: 'water', impulse: 'impulses' } as const
    for (const [meter, display] of Object.entries(shown)) {
      const { world, state, texts } = start({ meter: meter as keyof typeof shown })
      await world.run(4 * MINUTE)
      ok(state()[display] !== undefined, meter)
      ok(texts('sample').length >= 2, meter)
      world.close()
    }
    const { world, state, texts } = start({ meter: 'none' })
    await world.run(4 * MINUTE)
    equal(state().heat ?? state().water ?? state().impulses, undefined)
    ok(texts('sample').length >= 2)
  })

  it('is not changed by somebody who looks at the display', async () => {
    const [looked, other] = [start(), start()]
    for (let i = 0; i < 300; i++) {
      await looked.world.run(1_000)
      looked.state()
    }
    await other.world.run(300_000)
    deepEqual(looked.texts('sample'), other.texts('sample'))
  })

  it('keeps what was measured while the plug is out', async () => {
    const { world, state, texts } = start({ faults: ['broker refuses'] })
    await world.run(10 * MINUTE)
    equal(texts('sample').length, 0)
    world.setPlug(false)
    await world.run(10 * MINUTE)
    deepEqual([state().isPlugged, state().isOn, state().light, state().accessPoint], [false, false, false, undefined])
    world.setFault('broker refuses', false)
    world.setPlug(true)
    await world.run(3 * MINUTE)
    equal(state().isConnected, true)
    ok(texts('sample').length >= 12, `${texts('sample').length} samples`)
  })

  it('ends a fault that is a moment by itself, and another one when it is told to', async () => {
    const { world, state } = start({ faults: ['power cut', 'access point gone'] })
    equal(state().isOn, false)
    await world.run(15_000)
    deepEqual([state().isOn, state().faults], [true, ['access point gone']])
    world.setFault('access point gone', false)
    await world.run(MINUTE)
    equal(state().isConnected, true)
    world.setFault('power cut in a write', true)
    world.command('set_ssid twin')
    await world.run(20 * MINUTE)
    deepEqual([state().isOn, state().isConnected, state().faults], [true, true, []])
  })

  for (const meter of ['kmp', 'flowiq'] as const)
    it(`comes back after every fault: ${meter}`, async () => {
      for (const name of Object.keys(FAULT_WORDS) as FaultName[]) {
        const { world, state, texts } = start({ meter })
        await world.run(MINUTE)
        world.setFault(name, true)
        await world.run(3 * MINUTE)
        world.setFault(name, false)
        const before = texts('sample').length
        await world.run(5 * MINUTE)
        deepEqual([state().isOn, state().isConnected, state().faults], [true, true, []], name)
        ok(texts('sample').length > before + 2, name)
        world.close()
      }
    })

  it('has no fault of a concentrator where there is none', () => {
    const { world, state } = start()
    world.setFault('bit errors', true)
    deepEqual(state().faults, [])
  })

  it('sends a command sealed, and refuses what is none', async () => {
    const { world, state, items, texts } = start()
    await world.run(MINUTE)
    equal(world.command('pong'), 'pong: not a command; did you mean ping?')
    match(world.command('open_until -1'), /^open_until: expected a number/)
    equal(world.command('open_until_delta 2'), '')
    await world.run(1_000)
    equal(state().ac1, true)
    equal(texts('open_until_delta').length, 1)
    const sent = items.find((item) => item.is === 'message' && item.way === 'down')
    ok(sent?.is === 'message' && sent.text === '2' && sent.payload.length === 64)
  })

  describe('with a phone', () => {
    async function ask(world: World, request: PageRequest): Promise<PageResponse | undefined> {
      let answer: PageResponse | undefined
      world.phone.ask(request, (response) => {
        answer = response
      })
      await world.run(200)
      return answer
    }

    it('sets a device up that knows nothing', async () => {
      const { world, state, texts } = start({ fresh: true })
      await world.run(5_000)
      equal(state().isConnected, false)
      world.setPhone(true)
      equal(state().phoneJoined, true)
      const { location } = (await ask(world, GET))!
      const page = await ask(world, { ...GET, path: location === '' ? '/' : location })
      match(page!.body, /<title>Wi-Fi/)
      const body = 'essid=twin&passwd=simulated&mqtthost=broker'
      const posted = await ask(world, { ...GET, method: 'POST', path: '/wifi/setup.cgi', body })
      equal(posted!.status, 302)
      await world.run(10_000)
      equal(state().isConnected, true)
      ok(texts('sample').length >= 1)
    })

    it('is told when nobody is there, and when the power goes', async () => {
      const { world, state } = start()
      await world.run(5 * MINUTE)
      world.setPhone(true)
      equal(state().phoneJoined, false)
      const fresh = start({ fresh: true }).world
      await fresh.run(5_000)
      fresh.setPhone(true)
      let answer: unknown = 'none yet'
      fresh.phone.ask(GET, (response) => {
        answer = response
      })
      fresh.setPlug(false)
      equal(answer, undefined)
      equal(fresh.state(undefined, 0).phoneJoined, false)
      equal(await ask(fresh, GET), undefined)
    })
  })
})
