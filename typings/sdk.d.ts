/*
 * What modules/device and main.ts use of the Moddable SDK 8.2.3, so that they are checked where the SDK is not:
 * `npm run typecheck:sdk` checks them against the SDK's own typings. Where those say less than the truth, this says the
 * truth, and the adapter says beside its own interface what differs.
 */

declare function trace(...log: (string | number | boolean)[]): void

declare module 'mc/config' {
  const config: {
    /** On a board. */
    readonly uart?: {
      readonly port: number
      readonly transmit: number
      readonly receive: number
    }
    /** In the simulator. */
    readonly tty?: string
    /** Where the set-up pages are. */
    readonly portal: {
      readonly port: number
      /** Undefined where they are those of the set-up network. */
      readonly host?: string
      readonly clients?: string
      /** Whether every name leads there. */
      readonly dns: boolean
    }
    /** One of manifests/boards. */
    readonly board: {
      readonly ac1: number
      readonly ac2: number
      readonly led: number
      readonly ledActiveLow: boolean
      readonly impulse: number
      readonly impulseDevBoard: number
      readonly supply?: number
      readonly supplyRatio?: number
    }
    readonly chip: string
    /** Names the manifest that the image is built from: `meterlogger-variant=NAME;`. */
    readonly mark: string
    readonly [name: string]: unknown
  }
  export default config
}

/** The functions of manifests/base.json and ble.json. */
declare module 'mc/ffi' {
  export default class FFI {
    uart_set_baudrate(port: number, baud: number): number
    uart_set_stop_bits(port: number, bits: number): number
    uart_intr_config(port: number, config: ArrayBuffer): number
    esp_reset_reason(): number
    esp_get_free_heap_size(): number
    esp_random(): number
    esp_restart(): void
    esp_efuse_mac_get_default(mac: ArrayBuffer): number
    esp_flash_read_id(chip: number, id: ArrayBuffer): number
    esp_flash_get_size(chip: number, size: ArrayBuffer): number
    esp_wifi_start(): number
    esp_wifi_stop(): number
    esp_netif_get_handle_from_ifkey(key: string): number
    esp_netif_is_netif_up(netif: number): number
    esp_netif_dhcpc_start(netif: number): number
    esp_netif_dhcpc_stop(netif: number): number
    esp_netif_dhcps_start(netif: number): number
    esp_netif_dhcps_stop(netif: number): number
    esp_netif_dhcps_option(netif: number, mode: number, option: number, value: ArrayBuffer, length: number): number
    esp_netif_get_ip_info(netif: number, info: ArrayBuffer): number
    esp_netif_set_ip_info(netif: number, info: ArrayBuffer): number
    esp_netif_set_dns_info(netif: number, type: number, dns: ArrayBuffer): number
    esp_partition_find_first(type: number, subtype: number, label: number): number
    esp_ota_get_running_partition(): number
    esp_ota_get_next_update_partition(from: number): number
    esp_ota_get_state_partition(partition: number, state: ArrayBuffer): number
    esp_ota_set_boot_partition(partition: number): number
    esp_ota_mark_app_valid_cancel_rollback(): number
    esp_ota_mark_app_invalid_rollback_and_reboot(): number
    nimble_port_stop(): number
    nimble_port_deinit(): number
    arc4random(): number
    exit(status: number): void
  }
}

declare module 'timer' {
  export default class Timer {
    private brand: boolean
    static set(callback: (timer: Timer) => void, interval?: number): Timer
    static clear(timer: Timer | undefined): void
  }
}

declare module 'time' {
  const Time: {
    readonly ticks: number
    delta(start: number, end?: number): number
    /** Seconds since 1970 that the machine's clock is to show; 32 bits of them. */
    set(seconds: number): void
  }
  export default Time
}

declare module 'crypt' {
  export class Digest {
    constructor(type: 'SHA256')
    write(data: ArrayBuffer): void
    close(): ArrayBuffer
  }
}

/** Each throws when NVS refuses; what is not there is no reason to. */
declare module 'preference' {
  const Preference: {
    get(domain: string, key: string): string | boolean | number | ArrayBuffer | undefined
    set(domain: string, key: string, value: string | boolean | number | ArrayBuffer): void
    delete(domain: string, key: string): void
  }
  export default Preference
}

declare module 'net' {
  const Net: {
    resolve(name: string, callback: (name: string, address?: string) => void): void
    /** Undefined while the station has none, and before the radio was first used. */
    get(what: 'IP', mode: 'station'): string | undefined
    get(what: 'RSSI'): number | undefined
    get(what: 'DNS'): string[]
  }
  export default Net
}

declare module 'sntp' {
  export default class SNTP {
    static readonly time: 1
    static readonly retry: 2
    static readonly error: -1
    constructor(options: { host: string }, callback: (message: -1 | 1 | 2, value?: number) => void)
  }
}

declare module 'wifi' {
  type Message = 'connect' | 'gotIP' | 'lostIP' | 'disconnect' | 'station_connect' | 'station_disconnect'
  interface Credentials {
    readonly ssid: string
    readonly password?: string
  }
  export default class WiFi {
    static readonly gotIP: 'gotIP'
    static readonly connected: 'connect'
    static readonly disconnected: 'disconnect'
    static readonly Mode: { readonly none: 0; readonly station: 1; readonly accessPoint: 2 }
    /** -5 before the radio was first used; 3 is a station beside an access point. */
    static mode: -5 | 0 | 1 | 2 | 3
    constructor(options: Credentials | undefined, callback: (message: Message, detail?: number) => void)
    close(): void
    static connect(options?: Credentials): void
    static accessPoint(options: { ssid: string; password?: string; max?: number; station?: boolean }): void
    static scan(options: object, callback: (found: object | null | undefined) => void): void
  }
}

declare module 'pins/digital' {
  export default class Digital {
    static readonly InputPullUp: 1
  }
}

declare module 'pins/digital/monitor' {
  export default class Monitor {
    readonly rises: number
    onChanged: () => void
    /** @param options `edge`: 1 rising, 2 falling, 3 both */
    constructor(options: { pin: number; mode: 0 | 1 | 2 | 3; edge: 1 | 2 | 3 })
    close(): void
  }
}

declare module 'embedded:io/serial' {
  export default class Serial {
    constructor(options: {
      receive: number
      transmit: number
      port: number
      baud: number
      format?: 'buffer'
      onReadable?: () => void
    })
    read(): ArrayBuffer | undefined
    write(data: ArrayBuffer): void
    close(): void
  }
}

declare module 'embedded:io/bluetoothle/central' {
  interface Advertisement {
    readonly address: string
    readonly rssi?: number
    get(type: number): ArrayBuffer | undefined
  }
  class GAPClient {
    constructor(options: { onReadable?: (count: number) => void })
    read(): Advertisement | undefined
    close(): void
  }
  interface GATTClientService {
    readonly uuid: string
  }
  interface GATTClientCharacteristic {
    readonly uuid: string
    readonly properties: number
  }
  interface GATTClientDescriptor {
    readonly uuid: string
  }
  class GATTClient {
    static readonly properties: { readonly notify: 16; readonly indicate: 32 }
    constructor(options: {
      address: string
      mtu?: number
      onReady?: () => void
      onReadable?: (count: number) => void
      onError?: (error?: Error) => void
    })
    getPrimaryServices(
      uuids: readonly string[],
      callback: (error: Error | null, services?: GATTClientService[]) => void,
    ): void
    getCharacteristics(
      service: GATTClientService,
      uuids: readonly string[],
      callback: (error: Error | null, characteristics?: GATTClientCharacteristic[]) => void,
    ): void
    getDescriptors(
      characteristic: GATTClientCharacteristic,
      uuids: readonly string[],
      callback: (error: Error | null, descriptors?: GATTClientDescriptor[]) => void,
    ): void
    write(what: GATTClientDescriptor, value: Uint8Array, callback: (error: Error | null) => void): void
    /** Only what `onReadable` has counted may be read. */
    read(): ArrayBuffer
    close(callback?: () => void): void
  }

  export { GAPClient, GATTClient }
}

declare module 'embedded:io/analog' {
  export default class Analog {
    readonly resolution: number
    constructor(options: { pin: number })
    read(): number | undefined
  }
}

declare module 'embedded:io/digital' {
  export default class Digital {
    static readonly Output: number
    constructor(options: { pin: number; mode: number })
    write(level: 0 | 1): void
  }
}

declare module 'embedded:io/socket/tcp' {
  export default class TCP {
    constructor(options: {
      address: string
      port: number
      nodelay?: boolean
      onReadable?: (count: number) => void
      onWritable?: (count: number) => void
      onError?: () => void
    })
  }
}

declare module 'embedded:io/socket/listener' {
  export default class Listener {}
}

declare module 'embedded:io/socket/udp' {
  export default class UDP {}
}

declare module 'embedded:network/mqtt/client' {
  export default class MQTTClient {
    static readonly PUBLISH: 3
    static readonly CONNACK: 2
    static readonly PUBREC: 5
    static readonly PUBREL: 6
    static readonly PUBCOMP: 7
    static readonly SUBSCRIBE: 8
    static readonly SUBACK: 9
    static readonly UNSUBSCRIBE: 10
    static readonly UNSUBACK: 11
    static readonly PINGREQ: 12
    static readonly PINGRESP: 13
  }
}

/** Each method of a partition throws when the chip refuses. */
declare module 'embedded:storage/flash' {
  interface Flash {
    read(into: Uint8Array, offset: number): number
    write(bytes: Uint8Array, offset: number): void
    eraseBlock(block: number): void
    status(): { readonly size: number; readonly blockLength: number }
  }
  const flash: Iterable<string> & { open(options: { path: string; mode?: 'r' | 'r+' }): Flash }
  export default flash
}
