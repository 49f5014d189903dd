import type { Clock, Timer } from '../modules/ports/clock.js'
import { type JoinFailure, NOT_FOUND, REFUSED, UNSPECIFIED } from '../modules/ports/join-failure.js'
import type { AccessPointOptions, FoundNetwork, StationEvents, Uplink, WifiPort } from '../modules/ports/wifi.js'

const ASSOCIATION_TIME = 1_400
const DHCP_TIME = 100
const SCAN_TIME = 2_500
/** ms from the order until the access point is up. */
const ACCESS_POINT_TIME = 50
/** A wrong password shows when the handshake gets no answer. */
const HANDSHAKE_TIME = 4_000

/** When the device asks for an address, in ms after association (lwIP). */
const DHCP_ATTEMPTS = [0, 2_000, 6_000, 14_000]

/** A network in the simulated air, with what can be wrong with it. */
export interface SimulatedNetwork extends FoundNetwork {
  /** Whether its name is in the air as Latin-1. Only the board rig tells that from UTF-8. */
  isLatin1?: boolean
  password: string
  inRange: boolean
  /** Whether its DHCP server answers. */
  dhcp: boolean
  uplink: Uplink
}

/** The simulated air: networks that can be joined, and can go and come. */
export class SimulatedWifi implements WifiPort {
  static readonly ssid = 'twin'
  static readonly password = 'simulated'
  readonly networks: SimulatedNetwork[] = [
    network('twin', 'simulated', { bssid: '02:00:00:00:00:01' }),
    network('Café & Bar', 'simulated too', {
      bssid: '02:00:00:00:00:02',
      rssi: -78,
      channel: 11,
      security: 'OPEN',
    }),
  ]
  /** SSID and password of the device's own access point; undefined while it does not run. */
  accessPoint: { readonly ssid: string; readonly password: string } | undefined
  /** All options that the access point was started with last. */
  accessPointOptions: AccessPointOptions | undefined
  /** How often the device has renewed its address, and switched its radio on again. */
  renewals = 0
  restarts = 0
  /** Called at each renewal and at each restart of the radio. */
  onRemedy: (() => void) | undefined
  #clock: Clock
  #events: StationEvents | undefined
  #joined: SimulatedNetwork | undefined
  #timers: Timer[] = []
  #scan: Timer | undefined
  #accessPointUpAt = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The network that the twin is set up for. */
  get home(): SimulatedNetwork {
    return this.networks[0]!
  }

  /** Whether the twin's own network is there. */
  set inRange(inRange: boolean) {
    this.setInRange(this.home, inRange)
  }

  setInRange(network: SimulatedNetwork, inRange: boolean): void {
    network.inRange = inRange
    if (!inRange && network === this.#joined) this.#end(UNSPECIFIED)
  }

  add(ssid: string, password: string): SimulatedNetwork {
    const added = network(ssid, password, { bssid: `02:00:00:00:00:0${this.networks.length + 1}` })
    this.networks.push(added)
    return added
  }

  join(ssid: string, password: string, events: StationEvents): void {
    this.leave()
    this.#events = events
    this.#at(ASSOCIATION_TIME, () => {
      const found = this.networks.find((network) => network.inRange && network.ssid === ssid)
      if (found === undefined) return this.#at(SCAN_TIME - ASSOCIATION_TIME, () => this.#end(NOT_FOUND))
      if (found.security !== 'OPEN' && found.password !== password)
        return this.#at(HANDSHAKE_TIME - ASSOCIATION_TIME, () => this.#end(REFUSED))
      this.#joined = found
      this.#askForAddress(found)
    })
  }

  leave(): void {
    for (const timer of this.#timers.splice(0)) this.#clock.clear(timer)
    this.#events = undefined
    this.#joined = undefined
  }

  renewAddress(): void {
    this.renewals++
    this.onRemedy?.()
    if (this.#joined !== undefined) this.#askForAddress(this.#joined)
  }

  setRadio(on: boolean): void {
    this.leave()
    this.accessPoint = on ? this.accessPointOptions : undefined
    this.#restartAccessPoint()
    if (!on) return
    this.restarts++
    this.onRemedy?.()
  }

  uplink(): Uplink | undefined {
    return this.#joined?.uplink
  }

  rssi(): number | undefined {
    return this.#joined?.rssi
  }

  scan(onFound: (network: FoundNetwork) => void, onDone: () => void = () => {}): void {
    if (this.#scan !== undefined) return onDone()
    this.#scan = this.#clock.set(() => {
      this.#scan = undefined
      this.networks.filter(({ inRange }) => inRange).forEach(onFound)
      onDone()
    }, SCAN_TIME)
  }

  startAccessPoint(options: AccessPointOptions): boolean {
    this.accessPointOptions = options
    this.accessPoint = { ssid: options.ssid, password: options.password }
    this.#restartAccessPoint()
    return true
  }

  addressAccessPoint(): boolean {
    return this.accessPoint !== undefined && this.#clock.now() >= this.#accessPointUpAt
  }

  stopAccessPoint(): void {
    this.accessPointOptions = undefined
    this.accessPoint = undefined
  }

  #restartAccessPoint(): void {
    this.#accessPointUpAt = this.#clock.now() + ACCESS_POINT_TIME
  }

  #askForAddress(network: SimulatedNetwork): void {
    this.#events?.onAssociated()
    for (const ms of DHCP_ATTEMPTS)
      this.#at(ms + DHCP_TIME, () => {
        if (network.dhcp) this.#events?.onUp()
      })
  }

  #at(ms: number, callback: () => void): void {
    this.#timers.push(this.#clock.set(callback, ms))
  }

  #end(reason: JoinFailure): void {
    const events = this.#events
    this.leave()
    events?.onDown(reason)
  }
}

/** A network as a home has one, but for what `changes` says. */
export function network(ssid: string, password: string, changes: Partial<SimulatedNetwork>): SimulatedNetwork {
  return {
    ssid,
    password,
    bssid: '',
    rssi: -51,
    channel: 6,
    security: 'WPA2_PSK',
    inRange: true,
    dhcp: true,
    uplink: { address: '192.168.1.23', netmask: '255.255.255.0' },
    ...changes,
  }
}
