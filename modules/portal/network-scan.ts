import type { FoundNetwork } from '../ports/wifi.js'

const MAX_NETWORKS = 24

/** Scans for networks and keeps the last result: each name once with its strongest station, the strongest first. */
export class NetworkScan {
  #scan: (onFound: (network: FoundNetwork) => void, onDone: () => void) => void
  #found: FoundNetwork[] = []
  #inProgress = false

  constructor(scan: (onFound: (network: FoundNetwork) => void, onDone: () => void) => void) {
    this.#scan = scan
  }

  get inProgress(): boolean {
    return this.#inProgress
  }

  /** The networks of the last complete scan. */
  get list(): readonly FoundNetwork[] {
    return this.#found
  }

  /** Starts a scan, unless one is in progress. */
  start(): void {
    if (this.#inProgress) return
    this.#inProgress = true
    const heard: FoundNetwork[] = []
    this.#scan(
      (network) => add(heard, network),
      () => {
        this.#found = heard.sort((one, other) => other.rssi - one.rssi)
        this.#inProgress = false
      },
    )
  }
}

function add(heard: FoundNetwork[], network: FoundNetwork): void {
  if (network.ssid === '') return
  const same = heard.findIndex(({ ssid }) => ssid === network.ssid)
  if (same >= 0) {
    if (heard[same]!.rssi < network.rssi) heard[same] = network
  } else if (heard.length < MAX_NETWORKS) {
    heard.push(network)
  } else {
    const weakest = heard.reduce((least, { rssi }, i) => (rssi < heard[least]!.rssi ? i : least), 0)
    if (heard[weakest]!.rssi < network.rssi) heard[weakest] = network
  }
}
