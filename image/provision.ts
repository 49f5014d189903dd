import { encodeUtf8 } from '../modules/codec/utf8.js'
import type { StoragePort } from '../modules/ports/storage.js'
import { ProvisionStore } from '../modules/storage/provision.js'
import type { Settings } from '../modules/storage/settings.js'
import { Slots } from '../modules/storage/slots.js'
import type { Broker } from '../modules/uplink/brokers.js'
import { nvsPartition } from './nvs.js'

/** Where the partition table has the partition `nvs`, and its bytes (manifests/partitions.csv). */
export const NVS_OFFSET = 0x9000
export const NVS_SIZE = 0x6000

/** The domain of the SDK's preferences that the firmware keeps everything in (modules/device/storage.ts). */
const DOMAIN = 'meterlogger'

/** What a board with a common image gets of its own. */
export interface BoardFacts {
  /** Master key, 32 hex digits. */
  readonly key: string
  readonly serial: string
  /** The first Wi-Fi network. */
  readonly network?: { readonly ssid: string; readonly password: string }
  /** What of the broker is another one than the firmware's own. */
  readonly broker?: Partial<Broker>
  /** Whose updates it takes, 128 hex digits. */
  readonly updateKey?: string
}

/**
 * The partition `nvs` of a board that starts with this: the record of what belongs to the board, and that of its settings
 * where some are given. The SDK reads an NVS blob as its preference (modPreference.c).
 */
export function provisionedPartition({ key, serial, network, broker, updateKey }: BoardFacts): Uint8Array {
  const blobs = new Map<string, Uint8Array>()
  const storage: StoragePort = {
    read: (key) => blobs.get(key),
    write: (key, bytes) => {
      blobs.set(key, bytes)
      return true
    },
  }
  new ProvisionStore(storage).update({ key, provisionedSerial: serial, updateKey })
  const settings = settingsOf(network, broker)
  if (Object.keys(settings).length > 0) new Slots(storage, 'settings').write(encodeUtf8(JSON.stringify(settings)))
  return nvsPartition(NVS_SIZE, DOMAIN, blobs)
}

/** The settings that are given; the firmware has its own for the others. */
function settingsOf(network: BoardFacts['network'], broker: Partial<Broker> = {}): Partial<Settings> {
  return {
    ...network,
    ...(broker.host !== undefined && { mqttHost: broker.host }),
    ...(broker.port !== undefined && { mqttPort: broker.port }),
    ...(broker.user !== undefined && { mqttUser: broker.user }),
    ...(broker.password !== undefined && { mqttPassword: broker.password }),
    ...(broker.certificate !== undefined && { mqttCertificate: broker.certificate }),
  }
}
