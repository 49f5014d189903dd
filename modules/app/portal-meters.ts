import type { KeyState, WaterMeterState } from '../portal/device.js'
import { unitText } from '../portal/pages/units.js'
import type { Clock } from '../ports/clock.js'
import type { KeyVerdict } from '../radio/key-verdict.js'
import { mergeMeters, metersText, parseMeters, type WaterMeter } from '../radio/meter-list.js'
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

  constructor(options: PortalMetersOptions) {
    this.#options = options
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
    const meters = [...this.#stored().filter((meter) => meter.id !== id), { id, key }]
    // Refuse the meter rather than drop another one silently.
    if (mergeMeters(builtIn, meters).length < new Set([...builtIn, ...meters].map((meter) => meter.id)).size)
      return 'tooMany'
    this.#store(meters)
    return undefined
  }

  remove(id: string): void {
    this.#store(this.#stored().filter((meter) => meter.id !== id))
  }

  #stored(): readonly WaterMeter[] {
    const stored = parseMeters(this.#options.settings.values.waterMeters.join(','))
    return stored.ok ? stored.value : []
  }

  #store(meters: readonly WaterMeter[]): void {
    const { settings, water } = this.#options
    settings.update({ waterMeters: meters.map((meter) => metersText([meter])) })
    water?.update()
  }
}

/** The verdict without the signature, and that. */
function stateOf(verdict: KeyVerdict): { readonly key: KeyState; readonly header: string | undefined } {
  const [, key, header] = /^(.*?)(?: ([0-9A-F]{4}))?$/.exec(verdict)!
  return { key: key as KeyState, header }
}
