import type { Hardware, Part } from './hardware.js'
import type { Netifs } from './netif.js'
import type { Network } from './network.js'

interface Request {
  readonly name: string
  readonly handle: number
}

/** Milliseconds, there and back. */
const ROUND_TRIP = 40
/** esp-lwip dns.c:1145: it asks again after these pauses and gives up after the last one. */
const PAUSES = [1_000, 1_000, 2_000, 3_000]

/** MOD/modules/network/net/esp/modResolve.c over lwIP's resolver: one name after the other, answers are kept for their time. */
export class Resolver implements Part {
  readonly operations
  #hardware: Hardware
  #netifs: Netifs
  #network: Network
  #queue: Request[] = []
  #cache = new Map<string, { readonly address: string; readonly until: number }>()
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
    this.#cache.clear()
  }

  // dns_gethostbyname
  #next(): void {
    const request = this.#queue[0]
    if (request === undefined) return
    const { name } = request
    const known = this.#cache.get(name)
    if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) this.#tell(request, name)
    else if (known !== undefined && known.until > this.#hardware.clock.now()) this.#tell(request, known.address)
    // Without a server, or a name that is none, it fails at once.
    else if (this.#netifs.dns.length === 0 || name === '' || name.length >= 256) this.#tell(request, undefined)
    else this.#ask(request, 0)
  }

  #ask(request: Request, attempt: number): void {
    const network = this.#network
    const answers = network.resolving && this.#netifs.reaches(this.#netifs.dns[0]!)
    this.#later(answers ? ROUND_TRIP : PAUSES[attempt]!, () => {
      if (answers) return this.#answer(request, network.names.get(request.name))
      if (attempt + 1 < PAUSES.length) this.#ask(request, attempt + 1)
      else this.#tell(request, undefined)
    })
  }

  #answer(request: Request, address: string | undefined): void {
    if (address !== undefined)
      this.#cache.set(request.name, { address, until: this.#hardware.clock.now() + this.#network.timeToLive })
    this.#tell(request, address)
  }

  #later(ms: number, happen: () => void): void {
    const boot = this.#boot
    this.#hardware.clock.set(() => boot === this.#boot && happen(), ms)
  }

  #tell({ name, handle }: Request, address: string | undefined): void {
    this.#hardware.post('resolved', handle, name, address)
  }
}
