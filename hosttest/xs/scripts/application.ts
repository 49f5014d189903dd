import { Board } from './board.js'
import { measure } from './figures.js'
import type { MakeWorld } from './world.js'

/** What the whole application needs, in this world. */
export async function play(makeWorld: MakeWorld, options: Readonly<Record<string, string>> = {}): Promise<void> {
  const board = new Board(makeWorld, {}, options)
  const { clock, world } = board
  const expect = (count: number, what: string) => {
    const arrived = world.arrived()
    if (arrived < count) throw new Error(`${arrived} ${what}, expected ${count}`)
  }

  await measure('loaded', () => {})
  await measure(
    'from power-on to the first minute',
    () => {
      board.powerOn()
      return clock.run(50_000)
    },
    clock,
  )
  expect(5, 'announcements')
  await measure('idle', () => clock.run(5_000), clock)
  await measure('sampling', () => clock.run(60_000), clock)
  expect(1, 'samples')
  await measure(
    'a command, from packet to reply',
    () => {
      board.command('open_until', '60000')
      return clock.run(200)
    },
    clock,
  )
  expect(2, 'replies')
  world.reachable = false
  world.cut()
  await measure('an hour without broker', () => clock.run(3_600_000), clock)
  world.reachable = true
  await measure('its delivery afterwards', () => clock.run(60_000), clock)
  expect(60, 'samples of the hour')
}
