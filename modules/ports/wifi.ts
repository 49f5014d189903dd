import type { JoinFailure } from './join-failure.js'

export interface StationEvents {
  /** The network has taken the station in, which has no address yet. */
  onAssociated(): void
  /** The station has an address. */
  onUp(): void
  /** The network is gone, refused or not found; called once for each `join`. */
  onDown(reason: JoinFailure): void
}

/** A network that a scan has heard. */
export interface FoundNetwork {
  readonly ssid: string
  /** `aa:bb:cc:dd:ee:ff` */
  readonly bssid: string
  /** dBm */
  readonly rssi: number
  readonly channel: number
  /** OPEN, WEP, WPA_PSK, WPA2_PSK, WPA_WPA2_PSK; empty where it is another. */
  readonly security: string
}

/** The addresses that the station's network has given it, as `10.0.5.1` and `255.255.255.0`. */
export interface Uplink {
  readonly address: string
  readonly netmask: string
}

/** The device's own access point. */
export interface AccessPointOptions {
  readonly ssid: string
  /** Empty for an open network, else at least 8 characters. */
  readonly password: string
  /** Its own address, and the DNS server it names; it hands out the others of the same /24. */
  readonly address: string
}

/** The Wi-Fi radio, off until something is first asked of it. Policy (when to join what) is `uplink/station`. */
export interface WifiPort {
  /**
   * Leaves its network and joins the network of exactly this name; an empty password is an open network. It reports
   * no more of the network before. `events` may be called before this returns.
   */
  join(ssid: string, password: string, events: StationEvents): void
  leave(): void
  /** Asks the network's DHCP server for an address anew, within the present association. */
  renewAddress(): void
  /** Switches the radio off or on. The station is out of its network afterwards, the access point runs again with `true`. */
  setRadio(on: boolean): void
  /** Undefined while the station has no address. */
  uplink(): Uplink | undefined
  /** Signal of the network the station is in, in dBm; undefined when it is in none. */
  rssi(): number | undefined
  /** Reports each network in range, and then that it is done. During another scan it hears nothing and is done at once. */
  scan(onFound: (network: FoundNetwork) => void, onDone?: () => void): void
  /** Opens an access point beside the station, or changes the one there is; it is up a little later. False when the radio refuses. */
  startAccessPoint(options: AccessPointOptions): boolean
  /** Gives the access point the addresses of its options. False while it is not up: call this again then. */
  addressAccessPoint(): boolean
  stopAccessPoint(): void
}
