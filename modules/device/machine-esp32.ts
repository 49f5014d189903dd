import Analog from 'embedded:io/analog'
import Digital from 'embedded:io/digital'
import FFI from 'mc/ffi'
import Net from 'net'
import WiFi from 'wifi'
import type { OutputPort } from '../ports/output.js'
import type { LineSettings } from '../ports/serial.js'
import type { AccessPointOptions, Uplink } from '../ports/wifi.js'

/* ESP-IDF: hal/uart_types.h */
const STOP_BITS_1 = 1
const STOP_BITS_2 = 3

/* ESP-IDF: esp_system.h, esp_reset_reason_t, to the numbers of the ESP8266 that the server's people know. */
const RESET_REASONS: readonly number[] = Object.freeze([
  0, // unknown
  0, // power-on
  6, // external pin
  4, // software
  2, // panic
  3, // interrupt watchdog
  3, // task watchdog
  1, // other watchdogs
  5, // deep sleep
  0, // brown-out
])

/* ESP-IDF: esp_netif_defaults.h, esp_netif_types.h, dhcpserver.h */
const STATION = 'WIFI_STA_DEF'
const ACCESS_POINT = 'WIFI_AP_DEF'
const OPTION_SET = 1
const OPTION_DNS = 6
const OFFER_DNS = 2
const DNS_MAIN = 0
const NETMASK = '255.255.255.0'

/** Bytes after which the UART tells, where no pause comes before. */
const RX_THRESHOLD = 8

let natives: FFI | undefined

/** The functions are bound at first use: there is no native code while modules are preloaded. */
function idf(): FFI {
  natives ??= new FFI()
  return natives
}

/** 32 bits from the hardware's random number generator, which is a true one while the radio is on. */
export function random32(): number {
  return idf().esp_random()
}

export function freeHeap(): number {
  return idf().esp_get_free_heap_size()
}

export function resetReason(): number {
  return RESET_REASONS[idf().esp_reset_reason()] ?? 0
}

/** Sets what the SDK's serial class does not: stop bits and speed of an open port, and to tell early of what has come. */
export function setLine(port: number, settings: LineSettings): void {
  const uart = idf()
  uart.uart_set_baudrate(port, settings.baud)
  uart.uart_set_stop_bits(port, settings.stopBits === 2 ? STOP_BITS_2 : STOP_BITS_1)
  uart.uart_set_rx_timeout(port, 1)
  uart.uart_set_rx_full_threshold(port, RX_THRESHOLD)
}

/** A pin that is driven; with `activeLow` 1 draws it low. */
export function openOutput(pin: number, activeLow = false): OutputPort {
  const output = new Digital({ pin, mode: Digital.Output })
  return activeLow ? { write: (level) => output.write(level === 0 ? 1 : 0) } : output
}

/** Full scale of the converter with its 12 dB attenuation, in mV. */
const FULL_SCALE = 2450

/** Measures the supply in mV, which a divider brings to the pin `ratio` times smaller. */
export function openSupply(pin: number, ratio: number): () => number {
  const analog = new Analog({ pin })
  const range = 2 ** analog.resolution - 1
  return () => Math.round((analog.read() * FULL_SCALE * ratio) / range)
}

/** The last three bytes of the station's MAC address. */
export function chipId(): number {
  return Number.parseInt(Net.get('MAC').replaceAll(':', '').slice(-6), 16)
}

/** JEDEC id; ESP-IDF has the manufacturer in the high byte, the ESP8266 in the low one. */
export function flashId(): number {
  const id = outParameter((out) => idf().esp_flash_read_id(DEFAULT_CHIP, out))
  return ((id >> 16) & 0xff) | (id & 0xff00) | ((id & 0xff) << 16)
}

/** Bytes. */
export function flashSize(): number {
  return outParameter((out) => idf().esp_flash_get_size(DEFAULT_CHIP, out))
}

export function restart(): void {
  idf().esp_restart()
}

/** dBm; undefined while the station is in no network. */
export function rssi(): number | undefined {
  return Net.get('RSSI')
}

/** Switches the radio off or on; an access point runs again as it was. */
export function setRadio(on: boolean): void {
  if (on) idf().esp_wifi_start()
  else idf().esp_wifi_stop()
}

/** Starts the DHCP client anew, within the association. */
export function renewAddress(): void {
  const station = idf().esp_netif_get_handle_from_ifkey(STATION)
  idf().esp_netif_dhcpc_stop(station)
  idf().esp_netif_dhcpc_start(station)
}

/** What DHCP has given the station; undefined when it has nothing. */
export function uplink(): Uplink | undefined {
  const address = Net.get('IP', 'station')
  return address === undefined ? undefined : { address, dns: Net.get('DNS')[0] ?? address }
}

/** The SDK's typings do not know that an access point can run beside the station. */
interface SdkAccessPointOptions {
  readonly ssid: string
  readonly password?: string
  readonly max: number
  readonly station: boolean
}

/** Opens an access point beside the station; the SDK leaves its network at ESP-IDF's standard, so that it is set here. */
export function startAccessPoint({ ssid, password, address, dns, translate }: AccessPointOptions): boolean {
  const options: SdkAccessPointOptions = { ssid, max: 8, station: true, ...(password === '' ? {} : { password }) }
  WiFi.accessPoint(options)
  const esp = idf()
  const netif = esp.esp_netif_get_handle_from_ifkey(ACCESS_POINT)
  esp.esp_netif_napt_disable(netif)
  esp.esp_netif_dhcps_stop(netif)
  esp.esp_netif_set_ip_info(netif, addresses(3, address, NETMASK, address))
  esp.esp_netif_dhcps_option(netif, OPTION_SET, OPTION_DNS, Uint8Array.of(OFFER_DNS).buffer, 1)
  esp.esp_netif_set_dns_info(netif, DNS_MAIN, addresses(6, dns))
  esp.esp_netif_dhcps_start(netif)
  return translate && esp.esp_netif_napt_enable(netif) === 0
}

export function stopAccessPoint(): void {
  WiFi.mode = WiFi.Mode.station
}

/** IPv4 addresses in network order, as `esp_netif_ip_info_t` and `esp_netif_dns_info_t` begin, in so many words. */
function addresses(words: number, ...texts: readonly string[]): ArrayBuffer {
  const bytes = new Uint8Array(4 * words)
  bytes.set(texts.flatMap((text) => text.split('.').map(Number)))
  return bytes.buffer
}

/** The flash chip that the firmware runs from: a null pointer. */
const DEFAULT_CHIP = 0

function outParameter(call: (out: ArrayBuffer) => void): number {
  const value = new Uint32Array(1)
  call(value.buffer)
  return value[0]!
}
