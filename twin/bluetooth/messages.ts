/** What the firmware's side asks of the process that has the computer's Bluetooth. `link` numbers the connections. */
export type BluetoothOrder =
  | { readonly do: 'scan' | 'stop-scan' | 'end' }
  | { readonly do: 'connect'; readonly link: number; readonly address: string; readonly mtu: number }
  | { readonly do: 'disconnect'; readonly link: number }
  | { readonly do: 'subscribe'; readonly link: number; readonly service: string; readonly characteristic: string }

/** What that process tells. */
export type BluetoothReport =
  /** The adapter's state in noble's words; `detail` is the last warning of the library. */
  | { readonly is: 'state'; readonly state: string; readonly detail: string }
  /** The library cannot be loaded. */
  | { readonly is: 'missing'; readonly detail: string }
  /** Something went wrong, and this process is of no more use. */
  | { readonly is: 'failed'; readonly detail: string }
  | { readonly is: 'found'; readonly name: string; readonly address: string; readonly rssi: number }
  | { readonly is: 'ready'; readonly link: number }
  | { readonly is: 'closed'; readonly link: number; readonly reason: string }
  | { readonly is: 'subscribed'; readonly link: number; readonly characteristic: string; readonly error?: string }
  | { readonly is: 'bytes'; readonly link: number; readonly characteristic: string; readonly bytes: Uint8Array }

/** The process that has the computer's Bluetooth. */
export interface BluetoothProcess {
  send(order: BluetoothOrder): void
  kill(): void
}

export interface BluetoothProcessEvents {
  onReport(report: BluetoothReport): void
  /** Called once, also when the process could not start. @param how an exit code or the name of a signal */
  onExit(how: string): void
}

/** Starts a process; it must not call back before it returns. */
export type StartBluetooth = (events: BluetoothProcessEvents) => BluetoothProcess
