import type { PortalBinding } from '../portal/portal.js'
import type { BlePort } from '../ports/ble.js'
import type { Clock } from '../ports/clock.js'
import type { CryptoPort } from '../ports/crypto.js'
import type { FlashPort } from '../ports/flash.js'
import type { ImageFacts } from '../ports/image.js'
import type { ImpulsePort } from '../ports/impulse.js'
import type { MqttConnect } from '../ports/mqtt.js'
import type { OutputPort } from '../ports/output.js'
import type { SerialPort } from '../ports/serial.js'
import type { SlotsPort } from '../ports/slots.js'
import type { StoragePort } from '../ports/storage.js'
import type { SystemPort } from '../ports/system.js'
import type { TcpConnect } from '../ports/tcp.js'
import type { QueryTime } from '../ports/time.js'
import type { VerifierPort } from '../ports/verifier.js'
import type { WifiPort } from '../ports/wifi.js'

/** Everything of the world that the firmware touches. */
export interface Ports {
  readonly clock: Clock
  readonly serial: SerialPort
  readonly crypto: CryptoPort
  readonly connect: MqttConnect
  /** Whether `connect` knows TLS. */
  readonly hasTls: boolean
  readonly wifi: WifiPort
  readonly queryTime: QueryTime
  readonly storage: StoragePort
  /** Samples wait here over power-off; without it they wait in memory. */
  readonly flash: FlashPort | undefined
  readonly system: SystemPort
  /** The impulse input, in builds for impulse meters. */
  readonly impulses: ImpulsePort | undefined
  /** In builds for a concentrator, on a host that has BLE. */
  readonly ble: BlePort | undefined
  /** The set-up pages are served here; without it there are none. */
  readonly portal: PortalBinding | undefined
  /** AC outputs 1 and 2, and the board's light. */
  readonly ac1: OutputPort
  readonly ac2: OutputPort
  readonly led: OutputPort
  /** Where images are; undefined on a board whose table has one slot, and in the simulator. */
  readonly slots: SlotsPort | undefined
  /** The image that runs. */
  readonly image: ImageFacts
  /** Updates come over it. */
  readonly connectTcp: TcpConnect
  readonly verifier: VerifierPort
  log(text: string): void
}
