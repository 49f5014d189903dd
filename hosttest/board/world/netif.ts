import { filled } from './chip.js'
import type { Part } from './hardware.js'

/* IDF components/esp_common/include/esp_err.h, components/esp_netif/include/esp_netif_types.h */
export const ESP_OK = 0
export const ESP_FAIL = -1
const ESP_ERR_INVALID_ARG = 0x102
const ESP_ERR_INVALID_STATE = 0x103
const ESP_ERR_ESP_NETIF_INVALID_PARAMS = 0x5001
const ESP_ERR_ESP_NETIF_IF_NOT_READY = 0x5002
const ESP_ERR_ESP_NETIF_DHCP_ALREADY_STARTED = 0x5004
const ESP_ERR_ESP_NETIF_DHCP_ALREADY_STOPPED = 0x5005
const ESP_ERR_ESP_NETIF_DHCP_NOT_STOPPED = 0x5007

const OPTION_SET = 1
const OPTION_DNS = 6
const OFFER_DNS = 2
const NO_ADDRESS = '0.0.0.0'
const OWN_ADDRESS = '192.168.4.1'

/** One of ESP-IDF's network interfaces over lwIP. */
export class Netif {
  /** What native code has for it. */
  readonly handle: number
  readonly isStation: boolean
  isUp = false
  /** False while the network it is in cannot be heard, before the driver has noticed. */
  isHeard = true
  /** Empty for none. */
  address = ''
  /** Its network's; of no use without an address. */
  netmask = '255.255.255.0'
  /** `esp_netif_dhcp_status_t` of its client or server. */
  dhcp: 'init' | 'started' | 'stopped' = 'init'
  /** What its DHCP server hands out for the clients' DNS; undefined for itself. */
  offeredDns: string | undefined
  offersDns = false

  constructor(isStation: boolean) {
    this.isStation = isStation
    this.handle = isStation ? 0x3ffb_5a10 : 0x3ffb_6b20
    if (!isStation) this.address = OWN_ADDRESS
  }

  /** Whether an address is in its network of 256. */
  holds(address: string): boolean {
    const at = this.address.lastIndexOf('.') + 1
    return at > 0 && address.startsWith(this.address.slice(0, at))
  }
}

/**
 * ESP-IDF's esp_netif over lwIP (IDF components/esp_netif/lwip/esp_netif_lwip.c, v6.0): the interfaces of station and
 * access point, which of them is the default one, and the DNS servers of all.
 */
export class Netifs implements Part {
  station: Netif | undefined
  accessPoint: Netif | undefined
  /** Which interface is the default one: none before the station has an address or the access point runs (:339). */
  default: Netif | undefined
  /** lwIP's DNS servers; they stay after the network is gone (:1675). */
  dns: string[] = []
  /** Called when the station's DHCP client begins to ask. */
  onDhcpStart: () => void = () => {}
  /** Called when an interface loses or changes an address: lwIP ends its TCP connections (esp-lwip tcp.c:2428). */
  onAddressLost: (address: string) => void = () => {}
  onStationAddressLost: () => void = () => {}
  /** Called when the firmware starts the DHCP client anew. */
  onRenew: () => void = () => {}
  readonly operations

  constructor() {
    this.operations = {
      'netif.hasDefault': () => this.default !== undefined,
      'ffi.esp_netif_get_handle_from_ifkey': (key: string) =>
        (key === 'WIFI_STA_DEF' ? this.station : key === 'WIFI_AP_DEF' ? this.accessPoint : undefined)?.handle ?? 0,
      'ffi.esp_netif_dhcpc_start': (handle: number) => {
        this.onRenew()
        return this.#startClient(handle)
      },
      'ffi.esp_netif_dhcpc_stop': (handle: number) => this.#stopClient(handle),
      'ffi.esp_netif_dhcps_start': (handle: number) => this.#startServer(handle),
      'ffi.esp_netif_dhcps_stop': (handle: number) => this.#stopServer(handle),
      'ffi.esp_netif_dhcps_option': (handle: number, mode: number, option: number, value: ArrayBuffer) =>
        this.#setOption(handle, mode, option, new Uint8Array(value)),
      'ffi.esp_netif_get_ip_info': (handle: number) => this.#tellAddress(handle),
      'ffi.esp_netif_set_ip_info': (handle: number, info: ArrayBuffer) => this.#setAddress(handle, addressOf(info)),
      'ffi.esp_netif_set_dns_info': (handle: number, type: number, dns: ArrayBuffer) =>
        this.#setDns(handle, type, addressOf(dns)),
      // False for a null pointer, too (IDF components/esp_netif/lwip/esp_netif_lwip.c).
      'ffi.esp_netif_is_netif_up': (handle: number) =>
        [this.station, this.accessPoint].some((netif) => netif?.handle === handle && netif.isUp) ? 1 : 0,
    }
  }

  reset(): void {
    this.station = this.accessPoint = this.default = undefined
    this.dns = []
  }

  /** The interface that lwIP sends a packet by (esp-lwip ip4.c, ip4_route): that of its network, else the default one. */
  route(address: string): Netif | undefined {
    for (const netif of [this.station, this.accessPoint])
      if (netif?.isUp && netif.address !== '' && netif.holds(address)) return netif
    return this.default?.isUp && this.default.address !== '' ? this.default : undefined
  }

  /** Whether a packet between here and this address arrives now. */
  reaches(address: string): boolean {
    const netif = this.route(address)
    if (netif === undefined) return false
    return netif.isHeard && (netif.isStation || netif.holds(address))
  }

  /** WIFI_EVENT_AP_START: only now the interface is up, with what it was given before. */
  startAccessPoint(): void {
    const netif = this.accessPoint
    if (netif === undefined || netif.isUp) return
    netif.isUp = true
    if (netif.dhcp === 'init') netif.dhcp = 'started'
    this.#choose()
  }

  stopAccessPoint(): void {
    const netif = this.accessPoint
    if (netif === undefined || !netif.isUp) return
    if (netif.dhcp !== 'stopped') netif.dhcp = 'init'
    netif.isUp = false
    this.#choose()
  }

  /** WIFI_EVENT_STA_CONNECTED */
  connect(): void {
    const netif = this.station
    if (netif === undefined) return
    netif.isUp = netif.isHeard = true
    if (netif.dhcp === 'init') this.#startClient(netif.handle)
  }

  /** WIFI_EVENT_STA_DISCONNECTED */
  disconnect(): void {
    const netif = this.station
    if (netif === undefined) return
    if (netif.dhcp === 'started') netif.dhcp = 'init'
    netif.isUp = false
    this.setStationAddress('', '')
    this.#choose()
  }

  /** The DHCP client has an address, or has none any more. */
  setStationAddress(address: string, netmask: string, dns: readonly string[] = []): void {
    const netif = this.station
    if (netif === undefined || netif.address === address) return
    const old = netif.address
    netif.address = address
    netif.netmask = netmask
    if (address !== '') {
      this.dns = [...dns]
      this.default = netif
    }
    if (old !== '') this.onAddressLost(old)
    if (address === '') this.onStationAddressLost()
  }

  /** The station's before the access point's (:388, route_prio). */
  #choose(): void {
    this.default = [this.station, this.accessPoint].find((netif) => netif?.isUp)
  }

  #at(handle: number): Netif | undefined {
    return [this.station, this.accessPoint].find((netif) => netif?.handle === handle)
  }

  #startClient(handle: number): number {
    const netif = this.#at(handle)
    if (netif === undefined) return ESP_ERR_INVALID_ARG
    if (netif.dhcp === 'started') return ESP_ERR_ESP_NETIF_DHCP_ALREADY_STARTED
    this.dns = []
    netif.dhcp = netif.isUp ? 'started' : 'init'
    if (netif.isUp) this.onDhcpStart()
    return ESP_OK
  }

  #stopClient(handle: number): number {
    const netif = this.#at(handle)
    if (netif === undefined) return ESP_ERR_ESP_NETIF_INVALID_PARAMS
    if (netif.dhcp === 'stopped') return ESP_ERR_ESP_NETIF_DHCP_ALREADY_STOPPED
    netif.dhcp = 'stopped'
    if (netif.isStation) this.setStationAddress('', '')
    return ESP_OK
  }

  #startServer(handle: number): number {
    const netif = this.#at(handle)
    if (netif === undefined) return ESP_ERR_INVALID_ARG
    if (netif.dhcp === 'started') return ESP_ERR_ESP_NETIF_DHCP_ALREADY_STARTED
    netif.dhcp = netif.isUp ? 'started' : 'init'
    return ESP_OK
  }

  #stopServer(handle: number): number {
    const netif = this.#at(handle)
    if (netif === undefined) return ESP_ERR_INVALID_ARG
    if (netif.dhcp === 'stopped') return ESP_ERR_ESP_NETIF_DHCP_ALREADY_STOPPED
    netif.dhcp = 'stopped'
    return ESP_OK
  }

  #setOption(handle: number, mode: number, option: number, value: Uint8Array): number {
    const netif = this.#at(handle)
    if (netif === undefined) return ESP_ERR_ESP_NETIF_IF_NOT_READY
    if (mode !== OPTION_SET || option !== OPTION_DNS) return ESP_ERR_ESP_NETIF_INVALID_PARAMS
    if (netif.dhcp === 'started') return ESP_ERR_ESP_NETIF_DHCP_ALREADY_STARTED
    netif.offersDns = (value[0]! & OFFER_DNS) !== 0
    return ESP_OK
  }

  /** The address, the netmask, and the gateway, which nothing here asks for. */
  /** Fills `esp_netif_ip_info_t`: address, netmask and gateway. */
  #tellAddress(handle: number): number | ArrayBuffer {
    const netif = this.#at(handle)
    if (netif === undefined) return ESP_ERR_ESP_NETIF_INVALID_PARAMS
    const { address, netmask } = netif.address === '' ? { address: NO_ADDRESS, netmask: NO_ADDRESS } : netif
    return filled(ESP_OK, [...address.split('.'), ...netmask.split('.'), ...NO_ADDRESS.split('.')].map(Number))
  }

  #setAddress(handle: number, address: string): number {
    const netif = this.#at(handle)
    if (netif === undefined) return ESP_ERR_INVALID_STATE
    if (netif.dhcp !== 'stopped') return ESP_ERR_ESP_NETIF_DHCP_NOT_STOPPED
    const old = netif.address
    netif.address = address === NO_ADDRESS ? '' : address
    if (old !== '' && old !== netif.address) this.onAddressLost(old)
    return ESP_OK
  }

  #setDns(handle: number, type: number, address: string): number {
    const netif = this.#at(handle)
    if (netif !== undefined && !netif.isStation) {
      if (type > 1) return ESP_ERR_ESP_NETIF_INVALID_PARAMS
      netif.offeredDns = address
    } else this.dns[type] = address
    return ESP_OK
  }
}

/** The first IPv4 address of a structure, in network order. */
function addressOf(bytes: ArrayBuffer): string {
  return new Uint8Array(bytes).subarray(0, 4).join('.')
}
