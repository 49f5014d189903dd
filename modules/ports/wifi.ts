export interface StationEvents {
  /** The station has an address. */
  onUp(): void
  /** The network is gone, refused or not found; called once for each `join`. */
  onDown(reason: string): void
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

/** The Wi-Fi radio. Policy (when to join what) is `network/station`. */
export interface WifiPort {
  /** Leaves whatever it is in and joins the network; an empty password is an open network. */
  join(ssid: string, password: string, events: StationEvents): void
  leave(): void
  /** Signal of the network the station is in, in dBm; undefined when it is in none. */
  rssi(): number | undefined
  /** Tells of each network in range. A scan that is asked for while one is under way is left out. */
  scan(onFound: (network: FoundNetwork) => void): void
  /** Opens an access point beside the station. */
  startAccessPoint(ssid: string, password: string): void
  stopAccessPoint(): void
}
