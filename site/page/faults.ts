import { FAULTS, type Part } from '../../twin/faults.js'
import { FAULT_WORDS, type FaultName } from '../world/fault-words.js'
import type { WorldState } from '../world/protocol.js'
import { byId, make } from './dom.js'

/** Up to this width in px the groups are closed at first: there are many of them. */
const NARROW = 700

const GROUPS: Readonly<Record<Part, string>> = {
  power: 'Power',
  wifi: 'Wi-Fi',
  broker: 'The way to the broker',
  line: 'The line to the meter',
  clock: 'Time',
  ble: 'The radio concentrator',
}

/** A switch for every fault of the twin, with what the firmware does about it. */
export class Faults {
  #switches = new Map<FaultName, HTMLButtonElement>()
  #groups = new Map<Part, HTMLElement>()

  /** @param put switches a fault on or off */
  constructor(put: (name: FaultName, isOn: boolean) => void) {
    for (const [part, title] of Object.entries(GROUPS)) {
      const group = make('details', 'group', make('summary', '', title))
      group.open = innerWidth > NARROW
      this.#groups.set(part as Part, group)
      byId('fault-groups').append(group)
    }
    for (const [name, { what, does }] of Object.entries(FAULT_WORDS) as [
      FaultName,
      (typeof FAULT_WORDS)[FaultName],
    ][]) {
      const button = make('button', 'switch', name)
      button.type = 'button'
      button.setAttribute('role', 'switch')
      button.setAttribute('aria-checked', 'false')
      const id = `fault-${this.#switches.size}`
      button.setAttribute('aria-describedby', id)
      button.addEventListener('click', () => put(name, button.getAttribute('aria-checked') !== 'true'))
      const words = make(
        'div',
        'words',
        make('p', '', what),
        make('p', 'say', make('b', '', 'What the firmware does: '), does),
      )
      words.id = id
      this.#switches.set(name, button)
      this.#groups.get(FAULTS[name].part)?.append(make('div', 'fault', button, words))
    }
  }

  show({ faults, heat, concentrator }: WorldState): void {
    for (const [name, button] of this.#switches) {
      const isOn = String(faults.includes(name))
      if (button.getAttribute('aria-checked') !== isOn) button.setAttribute('aria-checked', isOn)
    }
    // What is not there does not break.
    this.#groups.get('line')!.hidden = heat === undefined
    this.#groups.get('ble')!.hidden = concentrator === undefined
  }
}
