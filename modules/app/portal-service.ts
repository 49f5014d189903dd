import type { Delivery } from '../delivery/delivery.js'
import type { Diagnosis } from '../portal/device.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { SystemPort } from '../ports/system.js'
import type { Settings } from '../storage/settings.js'
import type { SettingsStore } from '../storage/settings-store.js'
import type { WallClock } from '../time/wall-clock.js'
import { brokersOf, isSameBroker } from '../uplink/brokers.js'
import type { Station } from '../uplink/station.js'

export interface PortalServiceOptions {
  readonly clock: Clock
  readonly wallClock: Pick<WallClock, 'now'>
  readonly settings: SettingsStore
  readonly delivery: Pick<Delivery, 'delivered'>
  readonly station: Pick<Station, 'network' | 'rssi'>
  readonly system: Pick<SystemPort, 'resetReason' | 'freeHeap'>
}

export interface PortalServiceHost {
  restart(): void
}

/** For the page that says so. */
const BEFORE_RESTART = 4_000

/** Restart, factory reset, the build's own broker and the diagnosis, for the portal. */
export class PortalService {
  #options: PortalServiceOptions
  #host: PortalServiceHost
  #restart: Timer | undefined

  constructor(options: PortalServiceOptions, host: PortalServiceHost) {
    this.#options = options
    this.#host = host
  }

  get isRestarting(): boolean {
    return this.#restart !== undefined
  }

  close(): void {
    this.#options.clock.clear(this.#restart)
  }

  /** The settings of the build's own broker. */
  buildBroker(): Partial<Settings> {
    const { mqttHost, mqttPort, mqttUser, mqttPassword, mqttCertificate } = this.#options.settings.defaults
    return { mqttHost, mqttPort, mqttUser, mqttPassword, mqttCertificate }
  }

  standardBroker(): string | undefined {
    const { values, defaults } = this.#options.settings
    return isSameBroker(brokersOf(values)[0]!, brokersOf(defaults)[0]!) ? undefined : defaults.mqttHost
  }

  restart(): void {
    this.#restart ??= this.#options.clock.set(() => this.#host.restart(), BEFORE_RESTART)
  }

  reset(): boolean {
    const { settings } = this.#options
    const { serial, valveOpen, limit, total, totalSerial, impulseSerial, impulseStart, impulsesPerUnit } =
      settings.values
    const kept = { serial, valveOpen, limit, total, totalSerial, impulseSerial, impulseStart, impulsesPerUnit }
    const fresh = { ...settings.defaults, ...kept }
    // Flash that has refused this once may take it now.
    settings.insist(fresh)
    // Nothing is new where flash was spared, or where all this was so before.
    if (settings.flash === 'refuses' || JSON.stringify(settings.values) !== JSON.stringify(fresh)) return false
    this.restart()
    return true
  }

  diagnosis(): Diagnosis {
    const { clock, wallClock, station, delivery, system } = this.#options
    return {
      uptime: Math.floor(clock.now() / 1000),
      resetReason: system.resetReason,
      signal: station.network && station.rssi(),
      time: wallClock.now(),
      delivered: delivery.delivered,
      freeHeap: system.freeHeap(),
    }
  }
}
