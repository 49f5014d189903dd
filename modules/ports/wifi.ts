export interface StationEvents {
  /** The station has an address. */
  onUp(): void
  /** The network is gone, refused or not found; called once for each `join`. */
  onDown(reason: string): void
}

/** The Wi-Fi station. Policy (when to join what) is `network/station`. */
export interface WifiPort {
  /** Leaves whatever it is in and joins the network; an empty password is an open network. */
  join(ssid: string, password: string, events: StationEvents): void
  leave(): void
}
