import { UsageError } from './errors.js'

/** A stage of a roll-out: the devices that have it after the stage, as a number or a share of all. */
export interface Stage {
  readonly amount: number
  readonly isPercent: boolean
}

/** Parses stages such as `1,10,100%`. Throws `UsageError`. */
export function parseStages(text: string): readonly Stage[] {
  const wrong = () =>
    new UsageError(`--stages: expected growing numbers or percentages such as 1,10,100%, got "${text}"`)
  const stages = text.split(',').map((part) => {
    const [, digits, percent] = /^([0-9]{1,6})(%?)$/.exec(part.trim()) ?? []
    const stage = { amount: Number(digits), isPercent: percent === '%' }
    if (!(stage.amount >= 1) || (stage.isPercent && stage.amount > 100)) throw wrong()
    return stage
  })
  for (const [i, { amount, isPercent }] of stages.entries())
    if (stages.slice(0, i).some((before) => before.isPercent === isPercent && before.amount >= amount)) throw wrong()
  return stages
}

/**
 * The items of each stage. A stage adds to those before it until its number is reached; a percentage is rounded up. One
 * that would add nothing is left out.
 */
export function inStages<T>(items: readonly T[], stages: readonly Stage[]): readonly (readonly T[])[] {
  let done = 0
  const parts: (readonly T[])[] = []
  for (const { amount, isPercent } of stages) {
    const end = Math.min(items.length, isPercent ? Math.ceil((items.length * amount) / 100) : amount)
    if (end <= done) continue
    parts.push(items.slice(done, end))
    done = end
  }
  return parts
}
