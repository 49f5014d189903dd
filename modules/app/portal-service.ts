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

/** What a factory reset leaves: what was measured and paid for. */
const KEPT: readonly (keyof Settings)[] = Object.freeze([
  'serial',
  'valveOpen',
  'limit',
  'total',
  'totalSerial',
  'impulseSerial',
  'impulseStart',
  'impulsesPerUnit',
] as const)

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
    if (!this.#options.settings.reset(KEPT)) return false
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
