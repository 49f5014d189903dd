import type { Effect } from '../mqttcrypto/replay-guard.js'
import type { SystemPort } from '../ports/system.js'
import type { SettingsStore } from '../storage/settings-store.js'
import type { UpdateRequest } from '../update/record.js'
import type { AccessPoint } from '../uplink/access-point.js'
import type { Station } from '../uplink/station.js'
import type { Cron } from './cron/cron.js'
import type { Valve } from './valve/valve.js'

/** The parts of the device that commands act on. */
export interface Device {
  /** Version text, `<sdk>-<release>-<network stack>-<model>`. */
  readonly version: string
  readonly system: SystemPort
  readonly settings: SettingsStore
  readonly station: Station
  readonly accessPoint: AccessPoint
  readonly valve: Valve
  readonly cron: Cron
  /** Seconds since power-on. */
  uptime(): number
  /** The text of `network_quality`. */
  networkQuality(): string
  /** Publishes a message under this number; under the device's own without one. */
  publish(name: string, text: string, serial?: string): void
  /** Drops the connection to the broker and opens it again. */
  reconnect(): void
  /** Whether a broker can be called over TLS. */
  readonly hasTls: boolean
  /** Whether the broker before is used, because the stored one has not answered. */
  readonly usesPreviousBroker: boolean
  /** Calls the broker that is stored now. */
  brokerChanged(): void
  /** Reads radio meters with the record headers that are stored now. */
  radioHeadersChanged(): void
  /** Takes the update that somebody offers. @returns what to answer */
  offerUpdate(request: UpdateRequest): string
  /** Writes the settings that wait, and the count of an impulse meter. */
  save(): void
  /** Shuts down in order and restarts. */
  restart(): void
}

/** Publishes the text of the command's reply; under another name than its own where one is given. */
export type Reply = (text: string, name?: string) => void

/** Does what the command says and answers with none, one or more messages. */
export type Run = (device: Device, reply: Reply, payload: string) => void

export interface Command {
  /** A command that `asks` changes nothing and may be done again. */
  readonly effect: Effect
  /** It does what no setting shows, so that which command it was has to be stored before it is done. */
  readonly isStoredFirst?: boolean
  readonly run: Run
}

/** Commands by their exact names. */
export type CommandTable = Readonly<Record<string, Command>>

/** A question. */
export const asks = (run: Run): Command => Object.freeze({ effect: 'asks', run })

/** Changes settings and what follows from them; where these are so already, nothing is written. */
export const sets = (run: Run): Command => Object.freeze({ effect: 'acts', run })

/** Does something that no setting shows. */
export const does = (run: Run): Command => Object.freeze({ effect: 'acts', isStoredFirst: true, run })

/** Changes the valve and its limit. */
export const moves = (run: Run): Command => Object.freeze({ effect: 'moves', run })
