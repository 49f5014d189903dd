import { toHex } from '../codec/hex.js'
import type { Delivery } from '../delivery/delivery.js'
import type { StatusLight } from '../led/status-light.js'
import { Portal, type PortalBinding } from '../portal/portal.js'
import type { PortalUpdate } from '../portal/update-device.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { CryptoPort } from '../ports/crypto.js'
import { POWER_ON, RESET_PIN } from '../ports/reset-reason.js'
import type { SystemPort } from '../ports/system.js'
import type { SettingsStore } from '../storage/settings-store.js'
import type { WallClock } from '../time/wall-clock.js'
import type { Uplink } from '../uplink/uplink.js'
import type { Metering } from './metering.js'
import type { Part } from './part.js'
import type { PortalModelHost } from './portal-host.js'
import { PortalModel } from './portal-model.js'
import type { Provisioning } from './provisioning.js'

export interface SetUpOptions {
  readonly clock: Clock
  readonly binding: PortalBinding
  readonly crypto: CryptoPort
  readonly provisioning: Provisioning
  readonly settings: SettingsStore
  readonly delivery: Delivery
  readonly metering: Metering
  readonly uplink: Uplink
  readonly light: StatusLight
  /** Undefined where the device takes no updates. */
  readonly update: PortalUpdate | undefined
  readonly version: string
  readonly system: SystemPort
  readonly wallClock: WallClock
  readonly hasTls: boolean
  log(text: string): void
}

/** How long the portal is open after a reset by a person, who may want to set the device up. */
const WINDOW = 120_000
const SHORT_WINDOW = 2_000
const PORTAL_KEY_BYTES = 8
/** From the radio's start to a random password: the chip's random numbers are true ones only while the radio is on. */
const RADIO_ON = 5_000

/** The set-up pages and their network. */
export class SetUp implements Part {
  #options: SetUpOptions
  #model: PortalModel
  #portal: Portal
  /** The password while the device has no key. */
  #random = ''
  #said = ''
  #timer: Timer | undefined

  constructor(options: SetUpOptions, host: PortalModelHost) {
    const { clock, log, binding, provisioning, settings, delivery, metering, uplink, light, update, version } = options
    const { station, accessPoint } = uplink
    const { flags } = provisioning
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
        provisioning,
        hasTls: this.#options.hasTls,
        system: this.#options.system,
        wallClock: this.#options.wallClock,
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
      openNetwork: (name) => accessPoint.overrideWith(name, this.#password(name)),
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
    const { clock, provisioning, uplink } = this.#options
    if (provisioning.key !== 'missing') return this.#open()
    uplink.station.scan(() => {})
    this.#timer = clock.set(() => this.#open(), RADIO_ON)
  }

  close(): void {
    this.#options.clock.clear(this.#timer)
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

  #open(): void {
    const { resetReason } = this.#options.system
    this.#portal.start(resetReason === POWER_ON || resetReason === RESET_PIN)
  }

  /**
   * The user's own password, that of the build, or else the first half of the master key (docs/protocol/sealing.md,
   * "Keys"). Without a key it is a random one, which only who is beside the board can read.
   */
  #password(name: string): string {
    const { settings, provisioning, crypto, system } = this.#options
    const { key, setUpPassword } = provisioning.flags
    if (key !== undefined) return settings.values.portalPassword || setUpPassword || toHex(key, 0, PORTAL_KEY_BYTES)
    this.#random ||= toHex(crypto.random(PORTAL_KEY_BYTES))
    const line = `no key yet: set it up in the Wi-Fi network ${name}, password ${this.#random}`
    // The network may take several attempts to open.
    if (line !== this.#said) system.print(line)
    this.#said = line
    return this.#random
  }
}
