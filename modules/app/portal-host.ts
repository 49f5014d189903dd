import type { Delivery } from '../delivery/delivery.js'
import type { MeterCount } from '../meters/source.js'
import type { MeterStatistics } from '../meters/statistics.js'
import type { Station } from '../uplink/station.js'
import type { PortalMetersOptions } from './portal-meters.js'
import type { PortalServiceHost, PortalServiceOptions } from './portal-service.js'
import type { Provisioning } from './provisioning.js'

export interface PortalModelOptions extends PortalMetersOptions, PortalServiceOptions {
  readonly version: string
  readonly delivery: Pick<Delivery, 'flash' | 'delivered'>
  readonly station: Pick<Station, 'status' | 'network' | 'rssi' | 'scan' | 'tryCredentials' | 'credentialsChanged'>
  /** Only a meter that counts has it. */
  readonly count: MeterCount | undefined
  readonly statistics: MeterStatistics
  readonly hasBuildPassword: boolean
  readonly provisioning: Pick<Provisioning, 'key' | 'take'>
  readonly hasTls: boolean
}

/** What the portal asks and tells. An object, because closures would take more RAM. */
export interface PortalModelHost extends PortalServiceHost {
  readonly serial: string
  readonly brokerConnected: boolean
  readonly brokerRefusesCommands: boolean
  readonly usesPreviousBroker: boolean
  /** Called when another broker was stored without a trial. */
  brokerChanged(): void
  /** Called when the device has got another number of its own. */
  onNumbered(): void
  /** Called when another meter may name the device. */
  onMetersChanged(): void
}
