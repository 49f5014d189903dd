import { network, type SimulatedNetwork } from '../../../twin/wifi.js'

/** The device's own access point, as a phone sees it. */
export interface OwnAccessPoint {
  readonly ssid: string
  readonly password: string
}

/** The whole of what the device has set its access point up with. */
export interface OwnNetwork extends OwnAccessPoint {
  readonly address: string
  /** The DNS server it hands out. */
  readonly dns: string
}

/** The air around the device: networks that can be joined, and can go and come. */
export class Air {
  readonly networks: SimulatedNetwork[] = [
    network('twin', 'simulated', { bssid: '02:00:00:00:00:01' }),
    network('Café & Bar', 'simulated too', { bssid: '02:00:00:00:00:02', rssi: -78, channel: 11, security: 'OPEN' }),
  ]
  /** The device's own access point; undefined while it does not run. */
  accessPoint: OwnAccessPoint | undefined
  /** How often an address was asked for anew, and the radio switched on again. */
  renewals = 0
  restarts = 0
  /** Called when the one or the other happens. */
  onRemedy: (() => void) | undefined
  /** @internal what the chip has its own network set up with */
  ownNetwork: () => OwnNetwork | undefined = () => undefined
  /** @internal the radio is told when a network appears or vanishes */
  onChange: (network: SimulatedNetwork) => void = () => {}

  /** The network that the device is set up for. */
  get home(): SimulatedNetwork {
    return this.networks[0]!
  }

  /** Undefined while the device has none. */
  get accessPointOptions(): OwnNetwork | undefined {
    return this.ownNetwork()
  }

  /** Whether the device's network is there. */
  set inRange(inRange: boolean) {
    this.setInRange(this.home, inRange)
  }

  setInRange(network: SimulatedNetwork, inRange: boolean): void {
    network.inRange = inRange
    this.onChange(network)
  }

  add(ssid: string, password: string, changes: Partial<SimulatedNetwork> = {}): SimulatedNetwork {
    const added = network(ssid, password, { bssid: `02:00:00:00:00:0${this.networks.length + 1}`, ...changes })
    this.networks.push(added)
    return added
  }
}
