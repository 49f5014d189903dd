import type { Machine } from 'device/machine'
import Net from 'net'
import WiFi from 'wifi'
import type { AccessPointOptions, Uplink } from '../ports/wifi.js'
import { OWN_NETMASK } from '../uplink/subnet.js'
import type { Faults } from './faults.js'

/* ESP-IDF: esp_netif_defaults.h, esp_netif_types.h, dhcpserver.h */
const STATION = 'WIFI_STA_DEF'
const ACCESS_POINT = 'WIFI_AP_DEF'
const OPTION_SET = 1
const OPTION_DNS = 6
const OFFER_DNS = 2
const DNS_MAIN = 0
const IP_INFO_WORDS = 3

/** In `esp_netif_ip_info_t`. */
const NETMASK_AT = 4

/** Clients of the access point at once. */
const MOST_CLIENTS = 8

/** Undefined while there is none (modNet.c:131, 226). The SDK's typings promise a value. */
interface Facts {
  get(what: 'IP', mode: 'station'): string | undefined
  get(what: 'RSSI'): number | undefined
}

/** The SDK's typings do not know that an access point can run beside the station (xs6wifi.c:681). */
interface SdkAccessPointOptions {
  readonly ssid: string
  readonly password?: string
  readonly max: number
  readonly station: boolean
}

/** The side of the radio that the SDK's class leaves to ESP-IDF. */
export class Radio {
  #idf: Machine['idf']
  #faults: Faults
  #facts: Facts = Net
  #accessPoint: AccessPointOptions | undefined
  /** The access point has the addresses of its options. */
  #isAddressed = false

  constructor({ idf }: Machine, faults: Faults) {
    this.#idf = idf
    this.#faults = faults
  }

  /** dBm; undefined while the station is in no network. */
  rssi(): number | undefined {
    return this.#facts.get('RSSI')
  }

  /** The addresses that DHCP has given the station; undefined without them. */
  uplink(): Uplink | undefined {
    const address = this.#facts.get('IP', 'station')
    if (address === undefined) return undefined
    const info = addresses(IP_INFO_WORDS)
    const station = this.#idf.esp_netif_get_handle_from_ifkey(STATION)
    if (!this.#faults.isOk('esp_netif_get_ip_info', this.#idf.esp_netif_get_ip_info(station, info))) return undefined
    return { address, netmask: new Uint8Array(info, NETMASK_AT, 4).join('.') }
  }

  /** Switches the radio off or on; an access point runs again as it was. */
  setRadio(on: boolean): void {
    if (on) this.#faults.isOk('esp_wifi_start', this.#idf.esp_wifi_start())
    else this.#faults.isOk('esp_wifi_stop', this.#idf.esp_wifi_stop())
  }

  /** Starts the DHCP client anew, within the association. */
  renewAddress(): void {
    const station = this.#idf.esp_netif_get_handle_from_ifkey(STATION)
    if (station === 0) return
    this.#idf.esp_netif_dhcpc_stop(station)
    this.#faults.isOk('esp_netif_dhcpc_start', this.#idf.esp_netif_dhcpc_start(station))
  }

  startAccessPoint(options: AccessPointOptions): boolean {
    const { ssid, password } = options
    const sdk: SdkAccessPointOptions = {
      ssid,
      max: MOST_CLIENTS,
      station: true,
      ...(password === '' ? {} : { password }),
    }
    this.#accessPoint = options
    this.#isAddressed = false
    try {
      // Where nothing has used the radio before, the SDK would open one without a station beside it (xs6wifi.c:627, 690).
      if (WiFi.mode < WiFi.Mode.station) WiFi.mode = WiFi.Mode.station
      WiFi.accessPoint(sdk)
      return true
    } catch (error) {
      this.#faults.report('access point', error)
      return false
    }
  }

  /** ESP-IDF brings the access point up by an event of its own, before which it takes no addresses. */
  addressAccessPoint(): boolean {
    const netif = this.#idf.esp_netif_get_handle_from_ifkey(ACCESS_POINT)
    if (this.#accessPoint === undefined || netif === 0 || this.#idf.esp_netif_is_netif_up(netif) === 0) return false
    this.#isAddressed ||= this.#address(netif, this.#accessPoint)
    return this.#isAddressed
  }

  stopAccessPoint(): void {
    this.#accessPoint = undefined
    WiFi.mode = WiFi.Mode.station
  }

  /** The SDK leaves the network at ESP-IDF's standard. */
  #address(netif: number, { address }: AccessPointOptions): boolean {
    const idf = this.#idf
    const faults = this.#faults
    idf.esp_netif_dhcps_stop(netif)
    const addressed = idf.esp_netif_set_ip_info(netif, addresses(IP_INFO_WORDS, address, OWN_NETMASK, address))
    const offered = idf.esp_netif_dhcps_option(netif, OPTION_SET, OPTION_DNS, Uint8Array.of(OFFER_DNS).buffer, 1)
    const named = idf.esp_netif_set_dns_info(netif, DNS_MAIN, addresses(6, address))
    const served = idf.esp_netif_dhcps_start(netif)
    // Without a DNS server its clients still reach the device itself.
    faults.isOk('esp_netif_dhcps_option', offered)
    faults.isOk('esp_netif_set_dns_info', named)
    const isAddressed = faults.isOk('esp_netif_set_ip_info', addressed)
    return faults.isOk('esp_netif_dhcps_start', served) && isAddressed
  }
}

/**
 * IPv4 addresses in network order, padded to `words` 32-bit words. `esp_netif_ip_info_t` and `esp_netif_dns_info_t` begin
 * like this.
 */
function addresses(words: number, ...texts: readonly string[]): ArrayBuffer {
  const bytes = new Uint8Array(4 * words)
  bytes.set(texts.flatMap((text) => text.split('.').map(Number)))
  return bytes.buffer
}
