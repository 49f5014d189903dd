import type { Timer } from '../../../modules/ports/clock.js'
import type { Hardware } from './hardware.js'
import type { Netifs } from './netif.js'
import type { WifiDriver } from './wifi-driver.js'

/* Kinds of addresses: gWiFiIP of xs6wifi.c. */
export const IP4 = 1
export const IP6 = 2

const DHCP_TIME = 100
/** The DNS server that every network hands out. */
const DNS = '192.168.1.1'
/** esp-lwip dhcp.c:115: from one try to the next. */
const DHCP_PAUSES = [2_000, 4_000, 8_000, 16_000, 32_000, 60_000]
/** esp-lwip nd6.c: the link-local address is probed from one tick to the next and good at the one after. */
const IP6_TICK = 1_000
/** IDF esp_netif_lwip.c, CONFIG_ESP_NETIF_IP_LOST_TIMER_INTERVAL. */
const IP_LOST_TIME = 120_000

/** How lwIP comes to the station's addresses. */
export class Addressing {
  /** Called when the network has given an address of this kind. */
  onAddress: (kind: number) => void = () => {}
  /** Called when the station has been without one for two minutes. */
  onLost: () => void = () => {}
  #hardware: Hardware
  #netifs: Netifs
  #driver: WifiDriver
  #dhcp: Timer[] = []
  #ip6: Timer | undefined
  #lost: Timer | undefined

  constructor(hardware: Hardware, netifs: Netifs, driver: WifiDriver) {
    this.#hardware = hardware
    this.#netifs = netifs
    this.#driver = driver
    netifs.onDhcpStart = () => {
      this.#stopDhcp()
      this.#ask(0)
    }
    netifs.onStationAddressLost = () => {
      this.#lost ??= hardware.clock.set(() => {
        this.#lost = undefined
        if (netifs.station?.address === '') this.onLost()
      }, IP_LOST_TIME)
    }
  }

  reset(): void {
    this.stop()
    this.#hardware.clock.clear(this.#lost)
    this.#lost = undefined
  }

  /** The station is in a network: `esp_netif_create_ip6_linklocal`. */
  probeLinkLocal(): void {
    const { clock } = this.#hardware
    clock.clear(this.#ip6)
    this.#ip6 = clock.set(() => this.onAddress(IP6), 2 * IP6_TICK - (clock.now() % IP6_TICK))
  }

  stop(): void {
    this.#stopDhcp()
    this.#hardware.clock.clear(this.#ip6)
  }

  #stopDhcp(): void {
    for (const timer of this.#dhcp.splice(0)) this.#hardware.clock.clear(timer)
  }

  #ask(attempt: number): void {
    const { clock } = this.#hardware
    const { joined } = this.#driver
    const { station } = this.#netifs
    if (joined === undefined || station === undefined) return
    const answer = () => {
      if (!joined.dhcp || !joined.inRange || station.dhcp !== 'started') return
      this.#stopDhcp()
      const { address, netmask } = joined.uplink
      this.#netifs.setStationAddress(address, netmask, [DNS])
      this.onAddress(IP4)
    }
    const pause = DHCP_PAUSES[Math.min(attempt, DHCP_PAUSES.length - 1)]!
    this.#dhcp = [clock.set(answer, DHCP_TIME), clock.set(() => this.#ask(attempt + 1), pause)]
  }
}
