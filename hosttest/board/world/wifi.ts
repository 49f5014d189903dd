import type { Timer } from '../../../modules/ports/clock.js'
import type { Air, Network80211 } from './air.js'
import type { Hardware, Part } from './hardware.js'
import { ESP_OK, type Netifs } from './netif.js'
import { createNetif, type DriverEvent, ESP_ERR_WIFI_NOT_INIT, MODE, REASON, WifiDriver } from './wifi-driver.js'

/** MOD/modules/network/wifi/esp32/xs6wifi.c: what its globals and its records are. */
interface Record {
  readonly handle: number
  /** Messages on their way to it. */
  readonly messages: string[]
}

/* gWiFiState */
const UNINITIALIZED = -2
const OFF = 0
const INITIALIZED = 1
const STARTED = 2
const CONNECTING = 3
const CONNECTED = 4
const ADDRESSED = 5

const IP4 = 1
const IP6 = 2

/** When the device asks for an address, in ms after association (lwIP). */
const DHCP_ATTEMPTS = [0, 2_000, 6_000, 14_000]
const DHCP_TIME = 100
/** The link-local address is probed for a second, at a tick of a second's timer. */
const IP6_TIME = 1_900

/** The native side of the SDK's module `wifi` on an ESP32. */
export class Wifi implements Part {
  readonly driver: WifiDriver
  readonly operations
  /** How often the DHCP client was started anew within an association. */
  renewals = 0
  #hardware: Hardware
  #netifs: Netifs
  #retries: number
  #state = UNINITIALIZED
  #disconnectReason = 0
  #retriesLeft = 0
  #addresses = 0
  #hasCredentials = false
  #scan: { readonly handle: number; isCanceled: boolean } | undefined
  /** By address; what is freed last is given out first. */
  #records = new Map<number, Record>()
  #free: { readonly address: number; readonly messages: string[] }[] = []
  /** The list of those that are told, the newest first. */
  #list: number[] = []
  #addressing: Timer[] = []

  /** @param retries MODDEF_WIFI_ESP32_CONNECT_RETRIES, of the manifest */
  constructor(hardware: Hardware, netifs: Netifs, air: Air, retries = 1) {
    this.#hardware = hardware
    this.#netifs = netifs
    this.#retries = retries
    this.driver = new WifiDriver(hardware, netifs, air)
    this.driver.onEvent = (event) => this.#onEvent(event)
    netifs.onDhcpStart = () => {
      this.renewals++
      this.#askForAddress()
    }
    const { driver } = this
    this.operations = {
      'wifi.setMode': (mode: number) => this.#setMode(mode),
      'wifi.getMode': () => (this.#state <= 0 ? -5 : driver.mode),
      'wifi.scan': (handle: number) => this.#startScan(handle),
      'wifi.stopScan': () => {
        if (this.#scan === undefined) return undefined
        const { handle } = this.#scan
        this.#scan = undefined
        driver.stopScan()
        return handle
      },
      'wifi.found': () => this.#found(),
      'wifi.connect': (ssid: string, password: string, bssid: string | undefined) =>
        this.#connect(ssid, password, bssid),
      'wifi.disconnect': () => this.#disconnect(),
      'wifi.accessPoint': (ssid: string, password: string, station: boolean) =>
        this.#openAccessPoint(ssid, password, station),
      'wifi.open': (handle: number) => this.#open(handle),
      'wifi.close': (address: number) => this.#close(address),
      'wifi.message': (address: number) => this.#records.get(address)?.messages.shift(),
      'wifi.disconnectReason': () => this.#disconnectReason,
      'wifi.getNetif': (which: string) => this.#getNetif(which),
      'wifi.joined': () => (driver.joined === undefined ? undefined : JSON.stringify(driver.joined)),
      'net.address': (which: string) => this.#getNetif(which)?.address || undefined,
      'net.mac': (which: string) =>
        this.#getNetif(which) && `30:AE:A4:12:34:${this.#getNetif(which)!.isStation ? '56' : '57'}`,
      'net.dns': () => netifs.station?.dns ?? '',
      'ffi.esp_wifi_start': () => (this.#state <= 0 ? ESP_ERR_WIFI_NOT_INIT : driver.start()),
      'ffi.esp_wifi_stop': () => (this.#state <= 0 ? ESP_ERR_WIFI_NOT_INIT : driver.stop()),
    }
  }

  reset(): void {
    this.driver.reset()
    this.#stopAddressing()
    this.#state = UNINITIALIZED
    this.#disconnectReason = this.#retriesLeft = this.#addresses = 0
    this.#hasCredentials = false
    this.#scan = undefined
    this.#records.clear()
    this.#free = []
    this.#list = []
  }

  // initWiFi
  #init(mode: number): void {
    if (this.#state > 0) return
    this.#state = INITIALIZED
    this.#netifs.station = createNetif(true)
    this.driver.setMode(mode)
    this.driver.start()
  }

  // deinitWiFi
  #deinit(): void {
    if (this.#state < INITIALIZED) return
    this.#disconnect()
    this.driver.stop()
    this.#netifs.station = undefined
    this.#state = OFF
  }

  #setMode(mode: number): string | undefined {
    if (mode === -5) return void this.#deinit()
    if (mode < 0 || mode > 3) return 'invalid mode'
    if (mode === MODE.none) this.#clearConfig()
    this.#init(mode)
    this.driver.setMode(mode)
    return undefined
  }

  #clearConfig(): void {
    this.driver.setConfig({ ssid: '', password: '' })
    this.#hasCredentials = false
    this.driver.disconnect()
  }

  #disconnect(): void {
    if (this.#state > INITIALIZED) {
      this.#state = STARTED
      this.#disconnectReason = 0
    }
    this.#clearConfig()
  }

  #connect(ssid: string, password: string, bssid: string | undefined): string | undefined {
    this.#disconnect()
    this.#init(MODE.station)
    this.driver.setConfig({ ssid, password, ...(bssid === undefined ? {} : { bssid }) })
    this.#hasCredentials = true
    this.#retriesLeft = this.#retries
    if (this.driver.connect() === ESP_OK) return undefined
    this.#clearConfig()
    return 'esp_wifi_connect failed'
  }

  #openAccessPoint(ssid: string, password: string, station: boolean): string | undefined {
    const { driver } = this
    this.#init(MODE.accessPoint)
    this.#netifs.accessPoint ??= createNetif(false)
    driver.accessPointConfig = { ssid, password }
    if (!driver.isAccessPoint) driver.setMode(station ? MODE.both : MODE.accessPoint)
    this.#hasCredentials = true
    driver.start()
    return this.#netifs.accessPoint.address === '' ? 'IP config bad when starting Wi-Fi AP!' : undefined
  }

  #startScan(handle: number): string | undefined {
    this.#init(MODE.station)
    if (this.#scan !== undefined) return 'already scanning'
    if (this.driver.scan() !== ESP_OK) return 'scan request failed'
    this.#scan = { handle, isCanceled: false }
    return undefined
  }

  /** What reportScan tells, one a line; undefined when the scan was given up. */
  #found(): string | undefined {
    const scan = this.#scan
    this.#scan = undefined
    return scan === undefined || scan.isCanceled ? undefined : JSON.stringify(this.driver.found)
  }

  #open(handle: number): number {
    const freed = this.#free.pop()
    const address = freed?.address ?? 0x3ffc0000 + 32 * this.#records.size
    const record: Record = { handle, messages: [] }
    this.#records.set(address, record)
    this.#list.unshift(address)
    // What is on its way to a record that is gone reaches the one that is now in its place (isValidWiFi).
    for (const message of freed?.messages ?? []) this.#post(address, message)
    return address
  }

  #close(address: number): void {
    const { messages } = this.#records.get(address)!
    this.#records.delete(address)
    this.#free.push({ address, messages })
    this.#list = this.#list.filter((other) => other !== address)
  }

  #tell(message: string): void {
    for (const address of this.#list) this.#post(address, message)
  }

  #post(address: number, message: string): void {
    const record = this.#records.get(address)!
    record.messages.push(message)
    this.#hardware.post('wifi', record.handle)
  }

  // doWiFiEvent
  #onEvent(event: DriverEvent): void {
    switch (event.name) {
      case 'start':
        this.#state = STARTED
        if (this.#hasCredentials) {
          this.#retriesLeft = this.#retries
          if (this.driver.connect() === ESP_OK) this.#state = CONNECTING
        }
        return this.#tell('start')
      case 'stop':
        this.#state = INITIALIZED
        if (this.#scan !== undefined) {
          this.#scan.isCanceled = true
          this.#hardware.post('wifi scan', this.#scan.handle)
        }
        return
      case 'connected':
        this.#state = CONNECTED
        this.#retriesLeft = 0
        this.#addresses = 0
        this.#askForAddress()
        this.#addressing.push(this.#hardware.clock.set(() => this.#onAddress(IP6), IP6_TIME))
        return this.#tell('connect')
      case 'disconnected':
        return this.#onDisconnected(event.reason)
      case 'scanned':
        if (this.#scan !== undefined) this.#hardware.post('wifi scan', this.#scan.handle)
        return
      case 'stationJoined':
        return this.#tell('station_connect')
      case 'stationLeft':
        return this.#tell('station_disconnect')
    }
  }

  #onDisconnected(reason: number): void {
    this.#stopAddressing()
    this.#state = STARTED
    this.#addresses = 0
    if (reason === REASON.handshake) this.#disconnectReason = -1
    if (!this.#hasCredentials) this.#retriesLeft = 0
    if (this.#retriesLeft > 0) {
      if (this.driver.connect() === ESP_OK) {
        this.#retriesLeft--
        return
      }
      this.#retriesLeft = 0
    }
    this.#tell('disconnect')
  }

  // doIPEvent
  #onAddress(kind: number): void {
    if (kind === IP6 && this.#addresses === (IP4 | IP6)) return
    this.#addresses |= kind
    if (this.#addresses !== (IP4 | IP6)) return
    this.#state = ADDRESSED
    this.#tell('gotIP')
  }

  #askForAddress(): void {
    const { joined } = this.driver
    const { station } = this.#netifs
    if (joined === undefined || station === undefined) return
    for (const ms of DHCP_ATTEMPTS)
      this.#addressing.push(
        this.#hardware.clock.set(() => {
          if (!joined.dhcp || !joined.inRange || station.address !== '') return
          station.address = joined.uplink.address
          station.dns = joined.uplink.dns
          this.#onAddress(IP4)
        }, ms + DHCP_TIME),
      )
  }

  #stopAddressing(): void {
    for (const timer of this.#addressing) this.#hardware.clock.clear(timer)
    this.#addressing = []
    const { station } = this.#netifs
    if (station !== undefined) station.address = ''
  }

  // getNIF of MOD/modules/network/net/esp/modNet.c
  #getNetif(which: string) {
    const { driver } = this
    const { station, accessPoint } = this.#netifs
    if (this.#state <= 0) return undefined
    if (which === 'station') return driver.isStation ? station : undefined
    if (which === 'ap') return driver.isAccessPoint ? accessPoint : undefined
    if (driver.mode === MODE.accessPoint) return accessPoint
    if (driver.mode === MODE.station) return station
    return undefined
  }
}

export type { Network80211 }
