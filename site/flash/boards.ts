import type { ProgramFacts } from './firmware.js'

/** Names of the chips for people. */
export const CHIP_NAMES: Readonly<Record<string, string>> = { esp32: 'ESP32', esp32c3: 'ESP32-C3' }

/** A board as somebody has chosen it; the name is empty for one that has no manifest here. */
export interface ChosenBoard {
  readonly chip: string
  readonly name: string
}

/** The board of a choice, `esp32:devkit`. */
export function boardOf(choice: string): ChosenBoard {
  const [chip = '', name = ''] = choice.split(':')
  return { chip, name }
}

/** Why a program is not for a board; undefined where it is. */
export function boardProblem({ chip, name }: ChosenBoard, facts: ProgramFacts): string | undefined {
  if (facts.chip !== chip)
    return `The files are for the chip ${CHIP_NAMES[facts.chip]}, and the board that you chose has an ${CHIP_NAMES[chip]}.`
  const isOwn =
    name === '' || facts.variant === 'none' || facts.variant === name || facts.variant.startsWith(`${name}-`)
  return isOwn ? undefined : `The program was built for ${facts.variant}, and you chose ${name}: its pins are others.`
}
