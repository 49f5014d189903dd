import type { Hardware, Part } from './hardware.js'

/* ESP-IDF: esp_err.h, esp_netif_types.h */
export const ESP_OK = 0
export const ESP_FAIL = -1
const ESP_ERR_INVALID_STATE = 0x103

/** One of ESP-IDF's network interfaces over lwIP. */
export class Netif {
  readonly handle: number
  readonly isStation: boolean
  /** It has been started and has a link. */
  isUp = false
  address = ''
  gateway = ''
  dns = ''
  translates = false
  isDhcpServer = false

  constructor(handle: number, isStation: boolean) {
    this.handle = handle
    this.isStation = isStation
  }
}

/** ESP-IDF's esp_netif: the interfaces of station and access point. */
export class Netifs implements Part {
  station: Netif | undefined
  accessPoint: Netif | undefined
  /** Called when the station's DHCP client is started anew. */
  onDhcpStart: () => void = () => {}
  readonly operations

  constructor(_hardware: Hardware) {
    this.operations = {
      'netif.hasDefault': () => this.default !== undefined,
      'ffi.esp_netif_get_handle_from_ifkey': (key: string) =>
        (key === 'WIFI_STA_DEF' ? this.station : key === 'WIFI_AP_DEF' ? this.accessPoint : undefined)?.handle ?? 0,
      'ffi.esp_netif_dhcpc_start': (handle: number) => {
        const netif = this.#at(handle)
        if (netif === undefined) return ESP_ERR_INVALID_STATE
        this.onDhcpStart()
        return ESP_OK
      },
      'ffi.esp_netif_dhcpc_stop': (handle: number) => {
        const netif = this.#at(handle)
        if (netif === undefined) return ESP_ERR_INVALID_STATE
        netif.address = ''
        return ESP_OK
      },
      'ffi.esp_netif_dhcps_start': (handle: number) => {
        const netif = this.#at(handle)
        if (netif === undefined) return ESP_ERR_INVALID_STATE
        netif.isDhcpServer = true
        return ESP_OK
      },
      'ffi.esp_netif_dhcps_stop': (handle: number) => {
        const netif = this.#at(handle)
        if (netif === undefined) return ESP_ERR_INVALID_STATE
        netif.isDhcpServer = false
        return ESP_OK
      },
      'ffi.esp_netif_dhcps_option': (handle: number) =>
        this.#at(handle) === undefined ? ESP_ERR_INVALID_STATE : ESP_OK,
      'ffi.esp_netif_set_ip_info': (handle: number, info: ArrayBuffer) => {
        const netif = this.#at(handle)
        if (netif === undefined) return ESP_ERR_INVALID_STATE
        const bytes = new Uint8Array(info)
        netif.address = bytes.subarray(0, 4).join('.')
        netif.gateway = bytes.subarray(8, 12).join('.')
        return ESP_OK
      },
      'ffi.esp_netif_set_dns_info': (handle: number, _type: number, dns: ArrayBuffer) => {
        const netif = this.#at(handle)
        if (netif === undefined) return ESP_ERR_INVALID_STATE
        netif.dns = new Uint8Array(dns).subarray(0, 4).join('.')
        return ESP_OK
      },
      'ffi.esp_netif_napt_enable': (handle: number) => this.#translate(handle, true),
      'ffi.esp_netif_napt_disable': (handle: number) => this.#translate(handle, false),
    }
  }

  reset(): void {
    this.station = undefined
    this.accessPoint = undefined
  }

  get default(): Netif | undefined {
    return [this.station, this.accessPoint].find((netif) => netif?.isUp)
  }

  /** The interface that a packet to this address leaves by. */
  route(address: string): Netif | undefined {
    const net = address.slice(0, address.lastIndexOf('.') + 1)
    const { station, accessPoint } = this
    if (accessPoint?.isUp && accessPoint.address.startsWith(net)) return accessPoint
    if (station?.isUp && station.address !== '') return station
    return undefined
  }

  #at(handle: number): Netif | undefined {
    return [this.station, this.accessPoint].find((netif) => netif?.handle === handle)
  }

  #translate(handle: number, on: boolean): number {
    const netif = this.#at(handle)
    if (netif === undefined || !netif.isUp) return ESP_FAIL
    netif.translates = on
    return ESP_OK
  }
}
