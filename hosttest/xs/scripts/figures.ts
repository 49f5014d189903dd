import type { TurnClock } from './turns.js'

export interface Figures {
  /** Bytes of chunks and slots that were live before, after a collection. */
  readonly before: number
  /** The most that were in use meanwhile, garbage included. */
  readonly peak: number
  /** What is live afterwards, after a collection. */
  readonly after: number
  /** Stack, in slots. */
  readonly stack: number
  /** Instructions, in the engine's meter units. */
  readonly units: number
  /** Of them, those of the largest turn of the event loop. */
  readonly turn: number
}

/** Bytes of chunks and slots after a collection. */
export function live(): number {
  gc!()
  return stat(0) + stat(2) * stat(4)
}

/** Runs the work, over the turns of a clock or as one turn, and prints what it took of the machine. */
export async function measure(name: string, work: () => unknown, clock?: TurnClock): Promise<void> {
  // The script itself, with the variables of all modules, leaves the stack first.
  await undefined
  const before = live()
  if (clock !== undefined) clock.largest = 0
  const units = stat(6)
  await work()
  const spent = stat(6) - units
  const peak = stat(1) + stat(3) * stat(4)
  const figures: Figures = {
    before,
    peak,
    stack: stat(5),
    units: spent,
    turn: clock === undefined ? spent : clock.largest,
    after: live(),
  }
  print(JSON.stringify({ name, ...figures }))
}
