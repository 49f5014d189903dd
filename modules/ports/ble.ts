/** A peripheral whose advertisement was heard. */
export interface BlePeer {
  readonly name: string
  /** As `BlePort.connect` takes it, with the kind of address where the host tells one. */
  readonly address: string
  /** dBm */
  readonly rssi: number
}

export interface BleConnectOptions {
  readonly address: string
  /** ATT_MTU to ask for, so that no notification is cut. */
  readonly mtu: number
  /** Connected, and the MTU is agreed. */
  onReady(): void
  onNotification(bytes: Uint8Array): void
  /** The connection is gone or never came to be; called at most once, and not after `close`. */
  onClosed(reason: string): void
}

export interface BleConnection {
  /** Finds a characteristic by its UUIDs (128 bits, lower case) and enables its notifications; tells what was wrong, if anything. */
  subscribe(service: string, characteristic: string, onDone: (error: string | undefined) => void): void
  close(): void
}

/** BLE in the central role, in the manner of ECMA-419 GAPClient and GATTClient. Policy is `ble/concentrator`. */
export interface BlePort {
  /** Listens actively until `stopScan`; it may report a peer more than once. */
  scan(onFound: (peer: BlePeer) => void): void
  stopScan(): void
  /** One connection at a time. Has no deadline of its own, and calls back after it has returned. */
  connect(options: BleConnectOptions): BleConnection
  /** Ends everything that is under way, without calling back, and starts the radio's BLE side anew. */
  restart(): void
}
