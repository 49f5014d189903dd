import { isDigits } from '../codec/characters.js'
import type { Clock, Timer } from '../ports/clock.js'
import type { ListenPort } from '../ports/listener.js'
import type { UdpPort, UdpSocket } from '../ports/udp.js'
import type { PortalDevice } from './device.js'
import { answerQuery } from './dns.js'
import { HttpServer } from './http-server.js'
import { PortalSite } from './site.js'
import type { PortalUpdate } from './update-device.js'

/** The portal's place on its host. */
export interface PortalBinding {
  readonly listener: ListenPort
  readonly port: number
  /** For the DNS server; undefined on hosts where the portal answers no names. */
  readonly udp: UdpPort | undefined
  /** The portal's Host header; undefined where it is the device's address in the set-up network. */
  readonly host: string | undefined
  /** The prefix of every address that may use the portal; undefined where that is the set-up network's. */
  readonly clients: string | undefined
}

export interface PortalOptions {
  readonly clock: Clock
  readonly device: PortalDevice
  /** Undefined where the device takes no updates. */
  readonly update: PortalUpdate | undefined
  readonly binding: PortalBinding
  /** Milliseconds for which the portal is open after power-on. */
  readonly window: number
  /** Opens the set-up network in place of the device's other access point. */
  openNetwork(name: string): void
  closeNetwork(): void
  /** The device's address in the set-up network. It moves where the station's network has the same addresses. */
  address(): string
  /** Tells whether somebody uses the set-up network. The device then spares the radio for that. */
  onClient(isThere: boolean): void
  onOpen(isOpen: boolean): void
  log(text: string): void
}

const DNS_PORT = 53
const LOOK_AGAIN = 1_000

/** The portal stays open for 10 min after the last page. A client counts as present for 1 min after its last packet. */
const AFTER_ACTIVITY = 600_000
const AFTER_TRAFFIC = 60_000

/**
 * The set-up portal: open for a while after power-on, as long as somebody uses it, and as long as no stored network
 * works or the device has no key.
 */
export class Portal {
  #options: PortalOptions
  #name = ''
  #start = 0
  #isPowerOn = false
  #network = ''
  #server: HttpServer | undefined
  #dns: UdpSocket | undefined
  /** Whether a stored network has worked since the start. */
  #hasWorked = false
  #lastActivity: number | undefined
  #lastTraffic: number | undefined
  #timer: Timer | undefined

  constructor(options: PortalOptions) {
    this.#options = options
  }

  get isOpen(): boolean {
    return this.#server !== undefined
  }

  /** Names the set-up network. The portal does not open without a name, and keeps the old one while a client is present. */
  set name(name: string) {
    this.#name = name
    if (this.#lastTraffic !== undefined) return
    this.#close()
    if (this.#timer !== undefined) this.#look()
  }

  /** @param isPowerOn whether a person has switched the device on or reset it */
  start(isPowerOn: boolean): void {
    this.#isPowerOn = isPowerOn
    this.#start = this.#options.clock.now()
    this.#look()
  }

  stop(): void {
    this.#options.clock.clear(this.#timer)
    this.#timer = undefined
    this.#close()
  }

  #look(): void {
    const { clock, device } = this.#options
    const now = clock.now()
    const { network, ssid, key } = device.state()
    this.#hasWorked ||= network !== undefined
    if (this.#lastTraffic !== undefined && now - this.#lastTraffic >= AFTER_TRAFFIC) this.#setTraffic(undefined)
    const isWanted = key === 'missing' || this.#isWanted(now, ssid)
    if (!isWanted) this.#close()
    else if (!this.isOpen && this.#name !== '') this.#tryOpen()
    // Nothing reopens the portal once a network has worked.
    const goesOn = isWanted || !this.#hasWorked
    clock.clear(this.#timer)
    this.#timer = goesOn ? clock.set(() => this.#look(), LOOK_AGAIN) : undefined
  }

  #isWanted(now: number, ssid: string): boolean {
    const { window } = this.#options
    const isEarly = now - this.#start < window
    if (isEarly && this.#isPowerOn) return true
    if (this.#lastActivity !== undefined && now - this.#lastActivity < AFTER_ACTIVITY) return true
    return !this.#hasWorked && (ssid === '' || !isEarly)
  }

  #tryOpen(): void {
    const { log } = this.#options
    try {
      this.#doOpen(this.#name)
      log(`portal: open as ${this.#name}`)
    } catch (error) {
      log(`portal: ${error}`)
      // The network stays open: listening fails while the access point is still coming up.
      this.#closePages()
    }
  }

  #doOpen(name: string): void {
    const { clock, device, update, binding, openNetwork, onOpen, address } = this.#options
    openNetwork(name)
    this.#network = name
    const site = new PortalSite({
      device,
      update,
      host: () => binding.host ?? address(),
      name,
      onActivity: () => {
        this.#lastActivity = clock.now()
      },
    })
    this.#dns = binding.udp?.open(DNS_PORT, (query, from, port) => {
      if (!this.#isClient(from)) return
      const answer = answerQuery(query, address().split('.').map(Number))
      if (answer !== undefined) this.#dns?.send(answer, from, port)
    })
    this.#server = new HttpServer({
      clock,
      listener: binding.listener,
      port: binding.port,
      accepts: (address) => this.#isClient(address),
      respond: (request) => site.respond(request),
    })
    onOpen(true)
  }

  #close(): void {
    this.#closePages()
    if (this.#network !== '') this.#options.closeNetwork()
    this.#network = ''
  }

  #closePages(): void {
    const { onOpen, log } = this.#options
    this.#dns?.close()
    this.#dns = undefined
    this.#setTraffic(undefined)
    if (this.#server === undefined) return
    this.#server.close()
    this.#server = undefined
    onOpen(false)
    log('portal: closed')
  }

  #isClient(address: string): boolean {
    const { binding, address: own } = this.#options
    const isClient = address.startsWith(binding.clients ?? networkOf(own()))
    if (isClient) this.#setTraffic(this.#options.clock.now())
    return isClient
  }

  #setTraffic(at: number | undefined): void {
    const wasThere = this.#lastTraffic !== undefined
    this.#lastTraffic = at
    if (wasThere !== (at !== undefined)) this.#options.onClient(at !== undefined)
  }
}

/** An address without the digits at its end, which all addresses of its network begin with. */
function networkOf(address: string): string {
  let end = address.length
  while (isDigits(address.charAt(end - 1))) end--
  return address.slice(0, end)
}
