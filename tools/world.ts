import { type End, SURROUNDINGS_FAULTS, type Surroundings } from '../twin/faults.js'

type Name = keyof typeof SURROUNDINGS_FAULTS

/** The faults that somebody switches on and off by hand in a twin's world. */
export class FaultSwitches {
  #world: Surroundings
  #ends = new Map<Name, End>()

  constructor(world: Surroundings) {
    this.#world = world
  }

  /** Does what a line like `line silent on` says. @returns the text to answer */
  enter(line: string): string {
    const [, name = '', state] = /^(.+?) (on|off)$/.exec(line.trim()) ?? []
    if (!this.#isKnown(name)) return `expected one of these with on or off: ${this.names.join(', ')}`
    this.#ends.get(name)?.()
    this.#ends.delete(name)
    if (state === 'on') this.#ends.set(name, SURROUNDINGS_FAULTS[name].begin(this.#world, Number.POSITIVE_INFINITY))
    return `${name} ${state}: done`
  }

  /** Ends what is on. */
  close(): void {
    for (const end of this.#ends.values()) end()
    this.#ends.clear()
  }

  /** Faults of a concentrator, or of a meter's line, are known where there is one. */
  get names(): Name[] {
    const { concentrator, heatMeter } = this.#world.twin
    const names = Object.keys(SURROUNDINGS_FAULTS) as Name[]
    return names.filter((name) => {
      const { part } = SURROUNDINGS_FAULTS[name]
      return part === 'ble' ? concentrator !== undefined : part !== 'line' || heatMeter !== undefined
    })
  }

  #isKnown(name: string): name is Name {
    return this.names.some((known) => known === name)
  }
}
