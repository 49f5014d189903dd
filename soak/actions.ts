import { type Fault, fault, nothing, type Part, type PoweredWorld, repeat } from '../twin/faults.js'
import type { Operator, Stranger } from './actors.js'

/** A world in which somebody sends commands and somebody else attacks. */
export interface PeopledWorld extends PoweredWorld {
  readonly operator: Operator
  readonly stranger: Stranger
}

export type ActionPart = Part | 'operator' | 'stranger'

type Action = Fault<PeopledWorld, ActionPart>

/** What the actors do for a while, by the names of the schedule. */
export const ACTIONS = Object.freeze({
  'power cut behind a command': action('power', (world, length) => {
    const { operator, stranger, clock } = world
    for (const name of ['open', 'close', 'ping', 'open']) operator.send(name)
    clock.set(() => world.cutPower(length), world.random() * 70_000)
    // Once before any later command, and once after one.
    clock.set(() => stranger.replayAll(), length + 95_000)
    clock.set(() => operator.send('close'), length + 110_000)
    clock.set(() => stranger.replayAll(), length + 150_000)
    return nothing
  }),
  'valve commands': action('operator', ({ operator, clock, random }) =>
    repeat(
      clock,
      () => random() * 60_000,
      () => operator.sendValveCommand(),
    ),
  ),
  'burst of commands': action('operator', ({ operator, clock, random }) => {
    for (let i = 0; i < 40; i++) clock.set(() => operator.sendAny(), random() * 2_000)
    return nothing
  }),
  restart: action('operator', ({ operator }) => {
    operator.send('restart')
    return nothing
  }),
  'hostile packets': action('stranger', ({ stranger, clock, random }) =>
    repeat(
      clock,
      () => random() * 4_000,
      () => stranger.attack(),
    ),
  ),
})

function action(part: ActionPart, begin: Action['begin']): Action {
  return fault(part, begin)
}
