import type { Clock, Timer } from '../ports/clock.js'
import type { ListenPort } from '../ports/listener.js'
import type { UdpPort, UdpSocket } from '../ports/udp.js'
import type { PortalDevice } from './device.js'
import { answerQuery } from './dns.js'
import { HttpServer } from './http-server.js'
import { PortalSite } from './site.js'

/** How the portal is found, on a host. */
export interface PortalPlace {
  readonly listener: ListenPort
  readonly port: number
  /** Undefined where names are not ours to answer. */
  readonly udp: UdpPort | undefined
  /** As in the Host header. */
  readonly host: string
  /** How the address of everybody begins who may use it: the set-up network's, never the station's. */
  readonly clients: string
}

/** On the device: the address the radio gives its own access point. */
export const ACCESS_POINT = Object.freeze({ address: Object.freeze([192, 168, 4, 1] as const), host: '192.168.4.1' })

export interface PortalOptions {
  readonly clock: Clock
  readonly device: PortalDevice
  readonly place: PortalPlace
  /** Milliseconds the portal is open after `start`. */
  readonly window: number
  /** Opens the set-up network, instead of any other that the radio has open. */
  openNetwork(name: string): void
  closeNetwork(): void
  /** Whether somebody is there; the radio's other side may have to wait meanwhile. */
  onClient(isThere: boolean): void
  /** For the light. */
  onOpen(isOpen: boolean): void
  log(text: string): void
}

const DNS_PORT = 53
const LOOK_AGAIN = 1_000

/** Who looks at pages is not cut off; who forgot to leave is, in the end. */
const AFTER_ACTIVITY = 600_000
const AFTER_TRAFFIC = 60_000

/**
 * The set-up portal: open for a while after power-on, as long as somebody uses it, and as long as no stored network
 * works.
 */
export class Portal {
  #options: PortalOptions
  #name = ''
  #start = 0
  #isPowerOn = false
  #network = ''
  #server: HttpServer | undefined
  #dns: UdpSocket | undefined
  /** A stored network has worked since the start. */
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

  /** The set-up network's, without which the portal does not open. Whoever is in it already stays under the old one. */
  set name(name: string) {
    this.#name = name
    if (this.#lastTraffic !== undefined) return
    this.#close()
    if (this.#timer !== undefined) this.#look()
  }

  /** @param isPowerOn whether somebody switched the device on, not the device itself */
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
    this.#hasWorked ||= device.online
    if (this.#lastTraffic !== undefined && now - this.#lastTraffic >= AFTER_TRAFFIC) this.#setTraffic(undefined)
    const isWanted = this.#isWanted(now)
    if (!isWanted) this.#close()
    else if (!this.isOpen && this.#name !== '') this.#tryOpen()
    // Once a network has worked there is nothing that would open it again.
    const goesOn = isWanted || !this.#hasWorked
    clock.clear(this.#timer)
    this.#timer = goesOn ? clock.set(() => this.#look(), LOOK_AGAIN) : undefined
  }

  #isWanted(now: number): boolean {
    const { window, device } = this.#options
    const isEarly = now - this.#start < window
    if (isEarly && this.#isPowerOn) return true
    if (this.#lastActivity !== undefined && now - this.#lastActivity < AFTER_ACTIVITY) return true
    return !this.#hasWorked && (device.ssid === '' || !isEarly)
  }

  #tryOpen(): void {
    const { log } = this.#options
    try {
      this.#doOpen(this.#name)
      log(`portal: open as ${this.#name}`)
    } catch (error) {
      log(`portal: ${error}`)
      // The network is left open: it may only be coming up, before which nothing can be listened on.
      this.#closePages()
    }
  }

  #doOpen(name: string): void {
    const { clock, device, place, openNetwork, onOpen } = this.#options
    openNetwork(name)
    this.#network = name
    const site = new PortalSite({
      device,
      host: place.host,
      name,
      onActivity: () => {
        this.#lastActivity = clock.now()
      },
    })
    this.#dns = place.udp?.open(DNS_PORT, (query, address, port) => {
      if (!this.#isClient(address)) return
      const answer = answerQuery(query, ACCESS_POINT.address)
      if (answer !== undefined) this.#dns?.send(answer, address, port)
    })
    this.#server = new HttpServer({
      clock,
      listener: place.listener,
      port: place.port,
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
    const isClient = address.startsWith(this.#options.place.clients)
    if (isClient) this.#setTraffic(this.#options.clock.now())
    return isClient
  }

  #setTraffic(at: number | undefined): void {
    const wasThere = this.#lastTraffic !== undefined
    this.#lastTraffic = at
    if (wasThere !== (at !== undefined)) this.#options.onClient(at !== undefined)
  }
}
