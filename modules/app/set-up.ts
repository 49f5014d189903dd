import { toHex } from '../codec/hex.js'
import type { Delivery } from '../delivery/delivery.js'
import type { StatusLight } from '../led/status-light.js'
import { Portal, type PortalBinding } from '../portal/portal.js'
import type { PortalUpdate } from '../portal/update-device.js'
import type { Clock } from '../ports/clock.js'
import { POWER_ON, RESET_PIN } from '../ports/reset-reason.js'
import type { SettingsStore } from '../storage/settings-store.js'
import type { Uplink } from '../uplink/uplink.js'
import type { Flags } from './flags.js'
import type { Metering } from './metering.js'
import type { Part } from './part.js'
import { PortalModel, type PortalModelHost } from './portal-model.js'

export interface SetUpOptions {
  readonly clock: Clock
  readonly binding: PortalBinding
  readonly flags: Flags
  readonly settings: SettingsStore
  readonly delivery: Delivery
  readonly metering: Metering
  readonly uplink: Uplink
  readonly light: StatusLight
  /** Undefined where the device takes no updates. */
  readonly update: PortalUpdate | undefined
  readonly version: string
  readonly isKeyRefused: boolean
  readonly hasTls: boolean
  /** The reason of the last reset, as `SystemPort` has it. */
  readonly resetReason: number
  log(text: string): void
}

/** How long the portal is open after a reset by a person, who may want to set the device up. */
const WINDOW = 120_000
const SHORT_WINDOW = 2_000
const PORTAL_KEY_BYTES = 8

/** The set-up pages and their network. */
export class SetUp implements Part {
  #options: SetUpOptions
  #model: PortalModel
  #portal: Portal

  constructor(options: SetUpOptions, host: PortalModelHost) {
    const { clock, log, binding, flags, settings, delivery, metering, uplink, light, update, version } = options
    const { station, accessPoint } = uplink
    this.#options = options
    this.#model = new PortalModel(
      {
        clock,
        version,
        settings,
        delivery,
        station,
        count: metering.source.count,
        statistics: metering.statistics,
        water: metering.radio?.meters,
        builtIn: flags.waterMeters,
        hasBuildPassword: flags.setUpPassword !== undefined,
        isKeyRefused: this.#options.isKeyRefused,
        hasTls: this.#options.hasTls,
      },
      host,
    )
    this.#portal = new Portal({
      clock,
      log,
      binding,
      window: flags.shortWebConfigTime ? SHORT_WINDOW : WINDOW,
      device: this.#model,
      update,
      openNetwork: (name) => accessPoint.overrideWith(name, this.#password()),
      address: () => accessPoint.setUpAddress,
      closeNetwork: () => accessPoint.restore(),
      onClient: (isThere) => {
        station.quiet = isThere
        metering.radio?.pause(isThere)
      },
      onOpen: (isOpen) => light.set('portal', isOpen),
    })
  }

  start(): void {
    const { resetReason } = this.#options
    this.#portal.start(resetReason === POWER_ON || resetReason === RESET_PIN)
  }

  close(): void {
    this.#portal.stop()
    this.#model.close()
  }

  /** The name of the network. */
  set name(name: string) {
    this.#portal.name = name
  }

  onBrokerAnswered(): void {
    this.#model.onBrokerAnswered()
  }

  /** The user's own password, that of the build, or else the first half of the master key (docs/protocol/sealing.md, "Keys"). */
  #password(): string {
    const { settings, flags } = this.#options
    return settings.values.portalPassword || flags.setUpPassword || toHex(flags.key, 0, PORTAL_KEY_BYTES)
  }
}
