import { Addressing, IP4, IP6 } from './addressing.js'
import type { Air, OwnNetwork } from './air.js'
import type { Hardware, Part } from './hardware.js'
import { ESP_OK, Netif, type Netifs } from './netif.js'
import { type DriverEvent, ESP_ERR_WIFI_NOT_INIT, MODE, REASON, WifiDriver } from './wifi-driver.js'
import { WifiObjects } from './wifi-objects.js'

/** The chip's of world/chip.ts. */
const MAC = [0x24, 0x0a, 0xc4, 0x12, 0x34, 0x56]

/* gWiFiState */
const UNINITIALIZED = -2
const OFF = 0
const INITIALIZED = 1
const STARTED = 2
const CONNECTING = 3
const CONNECTED = 4
const ADDRESSED = 5

/** An event of an interface that the SDK posts a message for, and does nothing with (doIPEvent, ipEventPending). */
const NETIF_EVENT = 'netif'

/** The native side of the SDK's module `wifi` (MOD/modules/network/wifi/esp32/xs6wifi.c), with the names of its globals. */
export class Wifi implements Part {
  readonly driver: WifiDriver
  readonly operations
  #hardware: Hardware
  #netifs: Netifs
  #retries: number
  #mac: readonly number[]
  #state = UNINITIALIZED
  #disconnectReason = 0
  #retriesLeft = 0
  #addresses = 0
  #hasCredentials = false
  #scan: { readonly handle: number; isCanceled: boolean } | undefined
  #objects: WifiObjects
  #addressing: Addressing

  /** @param retries MODDEF_WIFI_ESP32_CONNECT_RETRIES, of the manifest */
  constructor(hardware: Hardware, netifs: Netifs, air: Air, { retries = 1, mac = MAC as readonly number[] } = {}) {
    this.#mac = mac
    this.#hardware = hardware
    this.#netifs = netifs
    this.#retries = retries
    this.driver = new WifiDriver(hardware, netifs, air)
    this.driver.onEvent = (event) => this.#onEvent(event)
    netifs.onRenew = () => {
      air.renewals++
      air.onRemedy?.()
    }
    air.ownNetwork = () => this.#ownNetwork()
    this.#objects = new WifiObjects(hardware)
    this.#addressing = new Addressing(hardware, netifs, this.driver)
    this.#addressing.onAddress = (kind) => this.#onAddress(kind)
    this.#addressing.onLost = () => this.#tell('lostIP')
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
      'wifi.open': (handle: number) => this.#objects.open(handle),
      'wifi.listenAgain': () => hardware.crash('the list of Wi-Fi objects becomes a ring: onNotify is set again'),
      'wifi.close': (address: number) => this.#objects.close(address),
      'wifi.message': (address: number) => this.#objects.take(address),
      'wifi.disconnectReason': () => this.#disconnectReason,
      'wifi.joined': () => (driver.joined === undefined ? undefined : JSON.stringify(driver.joined)),
      'net.address': (which: string) => this.#getNetif(which)?.address || undefined,
      'net.mac': (which: string) => this.#macOf(which),
      'net.dns': () => netifs.dns.join(','),
      'ffi.esp_wifi_start': () => (this.#state <= 0 ? ESP_ERR_WIFI_NOT_INIT : driver.start()),
      'ffi.esp_wifi_stop': () => (this.#state <= 0 ? ESP_ERR_WIFI_NOT_INIT : driver.stop()),
    }
  }

  reset(): void {
    this.driver.reset()
    this.#addressing.reset()
    this.#objects.reset()
    this.#state = UNINITIALIZED
    this.#disconnectReason = this.#retriesLeft = this.#addresses = 0
    this.#hasCredentials = false
    this.#scan = undefined
  }

  // initWiFi
  #init(mode: number): void {
    if (this.#state > 0) return
    this.#state = INITIALIZED
    this.#netifs.station = new Netif(true)
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
    this.#netifs.accessPoint ??= new Netif(false)
    driver.setAccessPointConfig({ ssid, password })
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

  #tell(message: string): void {
    this.#objects.tell(message)
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
        this.#addressing.probeLinkLocal()
        this.#tell('connect')
        return this.#tell(NETIF_EVENT)
      case 'accessPointStart':
      case 'accessPointStop':
        return this.#tell(NETIF_EVENT)
      case 'disconnected':
        this.#onDisconnected(event.reason)
        return this.#tell(NETIF_EVENT)
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
    this.#addressing.stop()
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

  #ownNetwork(): OwnNetwork | undefined {
    const { accessPoint } = this.#netifs
    if (accessPoint === undefined || !this.driver.isAccessPoint) return undefined
    const { address, offersDns, offeredDns = address } = accessPoint
    return { ...this.driver.accessPointConfig, address, dns: offersDns ? offeredDns : '' }
  }

  /** The access point's address follows the station's. */
  #macOf(which: string): string | undefined {
    const netif = this.#getNetif(which)
    if (netif === undefined) return undefined
    const bytes = this.#mac.map((byte, i) => (i === 5 && !netif.isStation ? byte + 1 : byte) & 0xff)
    return bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(':')
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
