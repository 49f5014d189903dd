import { hasOnly, isDigits } from '../codec/characters.js'
import { isHex } from '../codec/hex.js'
import type { KeyState, WaterMeterState } from '../portal/device.js'
import { unitText } from '../portal/pages/units.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { KeyVerdict } from '../radio/key-verdict.js'
import { MAX_METERS, metersText, type WaterMeter } from '../radio/meter-list.js'
import type { RadioMeters } from '../radio/radio-meters.js'
import type { SettingsStore } from '../storage/settings-store.js'

export interface PortalMetersOptions {
  readonly clock: Clock
  readonly settings: SettingsStore
  /** Only builds that read radio meters have it. */
  readonly water: RadioMeters | undefined
  /** The water meters that the image brings. */
  readonly builtIn: readonly WaterMeter[]
}

/** The radio meters as the portal shows them, and the list of those that somebody has entered there. */
export class PortalMeters {
  #options: PortalMetersOptions

  /** Runs while a stored list waits for its turn. */
  #timer: Timer | undefined
  #onChanged: () => void

  /** @param onChanged called when another list is taken over */
  constructor(options: PortalMetersOptions, onChanged: () => void) {
    this.#options = options
    this.#onChanged = onChanged
  }

  state(): readonly WaterMeterState[] | undefined {
    const { clock, water, builtIn } = this.#options
    return water?.meters.map(({ id, key, doubt, lastReading }) => {
      const total = lastReading?.reading.quantities.v1 ?? lastReading?.reading.quantities.e1
      return {
        id,
        total: total && `${total.value} ${unitText(total.unit)}`,
        age: lastReading && Math.floor((clock.now() - lastReading.at) / 1000),
        ...stateOf(key),
        doubt,
        builtIn: builtIn.some((meter) => meter.id === id),
      }
    })
  }

  /** Adds a meter, or gives a known one another key. Returns why it cannot. */
  set(id: string, key: Uint8Array): 'tooMany' | 'builtIn' | undefined {
    const { builtIn } = this.#options
    if (builtIn.some((meter) => meter.id === id)) return 'builtIn'
    const others = this.#without(id)
    const stored = others.filter((text) => !builtIn.some((meter) => isOf(text, meter.id)))
    // Refuse the meter rather than drop another one silently.
    if (builtIn.length + stored.length >= MAX_METERS) return 'tooMany'
    this.#store([...others, metersText([{ id, key }])])
    return undefined
  }

  remove(id: string): void {
    this.#store(this.#without(id))
  }

  /** Takes over at once what waits for its turn. */
  close(): void {
    if (this.#timer !== undefined) this.#takeOver()
  }

  /** The other stored meters. One text that is none would make the whole list unreadable. */
  #without(id: string): readonly string[] {
    return this.#options.settings.values.waterMeters.filter((text) => isEntry(text) && !isOf(text, id))
  }

  /** Stores the list. To take it over needs a turn of its own. */
  #store(waterMeters: readonly string[]): void {
    const { settings, clock } = this.#options
    settings.update({ waterMeters })
    this.#timer ??= clock.set(() => {
      this.#takeOver()
      this.#onChanged()
    }, 0)
  }

  #takeOver(): void {
    const { clock, water } = this.#options
    clock.clear(this.#timer)
    this.#timer = undefined
    water?.update()
  }
}

/** Whether a text is a meter as `metersText` writes it. */
function isEntry(text: string): boolean {
  return text.length === 41 && text[8] === ':' && isDigits(text.slice(0, 8)) && isHex(text.slice(9), 32)
}

function isOf(text: string, id: string): boolean {
  return text.startsWith(`${id}:`)
}

/** The verdict without the signature, and that. */
function stateOf(verdict: KeyVerdict): { readonly key: KeyState; readonly header: string | undefined } {
  const blank = verdict.length - 5
  const header = verdict.slice(blank + 1)
  return blank >= 0 && verdict[blank] === ' ' && hasOnly(header, '09AF')
    ? { key: verdict.slice(0, blank) as KeyState, header }
    : { key: verdict as KeyState, header: undefined }
}
