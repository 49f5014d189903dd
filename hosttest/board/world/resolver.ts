import type { Hardware, Part } from './hardware.js'
import type { Netifs } from './netif.js'
import type { Network } from './network.js'

interface Request {
  readonly name: string
  readonly handle: number
}

/** Milliseconds, there and back. */
const ROUND_TRIP = 40
/** lwIP asks again after these pauses and gives up after the last one (esp-lwip: dns.c, dns_check_entry). */
const PAUSES = [1_000, 2_000, 4_000]

/** MOD/modules/network/net/esp/modResolve.c over lwIP's resolver: one name after the other. */
export class Resolver implements Part {
  readonly operations
  #hardware: Hardware
  #netifs: Netifs
  #network: Network
  #queue: Request[] = []
  #boot = 0

  constructor(hardware: Hardware, netifs: Netifs, network: Network) {
    this.#hardware = hardware
    this.#netifs = netifs
    this.#network = network
    this.operations = {
      'net.resolve': (name: string, handle: number) => {
        this.#queue.push({ name, handle })
        if (this.#queue.length === 1) this.#next()
      },
      'net.resolved': () => {
        this.#queue.shift()
        this.#next()
      },
    }
  }

  reset(): void {
    this.#boot++
    this.#queue = []
  }

  #next(): void {
    const request = this.#queue[0]
    if (request === undefined) return
    if (/^\d+\.\d+\.\d+\.\d+$/.test(request.name)) return this.#tell(request, request.name)
    this.#ask(request, 0)
  }

  #ask(request: Request, attempt: number): void {
    const { station } = this.#netifs
    const network = this.#network
    const isThere = station?.isUp && station.address !== '' && station.dns !== ''
    if (isThere && network.resolving)
      return this.#later(ROUND_TRIP, () => this.#tell(request, network.names.get(request.name)))
    const pause = PAUSES[attempt]
    if (pause === undefined) return this.#tell(request, undefined)
    this.#later(pause, () => this.#ask(request, attempt + 1))
  }

  #later(ms: number, happen: () => void): void {
    const boot = this.#boot
    this.#hardware.clock.set(() => boot === this.#boot && happen(), ms)
  }

  #tell({ name, handle }: Request, address: string | undefined): void {
    this.#hardware.post('resolved', handle, name, address)
  }
}
