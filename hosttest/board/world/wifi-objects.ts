import type { Hardware } from './hardware.js'

/** xsWiFiRecord */
interface Record {
  readonly handle: number
  /** Messages on their way to it. */
  readonly messages: string[]
}

/** Where the first of them lies in memory, and how large each is. */
const FIRST = 0x3ffc_0000
const SIZE = 32

/** The native side of the SDK's objects of Wi-Fi, which are told of every event (xs6wifi.c:318-450). */
export class WifiObjects {
  #hardware: Hardware
  #records = new Map<number, Record>()
  /** What is freed last is given out first. */
  #free: { readonly address: number; readonly messages: string[] }[] = []
  /** The list of those that are told, the newest first. */
  #list: number[] = []

  constructor(hardware: Hardware) {
    this.#hardware = hardware
  }

  reset(): void {
    this.#records.clear()
    this.#free = []
    this.#list = []
  }

  /** The address of a new one. What is on its way to one that was there before reaches it (isValidWiFi). */
  open(handle: number): number {
    const freed = this.#free.pop()
    const address = freed?.address ?? FIRST + SIZE * this.#records.size
    this.#records.set(address, { handle, messages: [] })
    this.#list.unshift(address)
    for (const message of freed?.messages ?? []) this.#post(address, message)
    return address
  }

  close(address: number): void {
    const { messages } = this.#records.get(address)!
    this.#records.delete(address)
    this.#free.push({ address, messages })
    this.#list = this.#list.filter((other) => other !== address)
  }

  tell(message: string): void {
    for (const address of this.#list) this.#post(address, message)
  }

  /** The oldest message for it; undefined when its memory is free. */
  take(address: number): string | undefined {
    return this.#records.get(address)?.messages.shift()
  }

  #post(address: number, message: string): void {
    const record = this.#records.get(address)!
    record.messages.push(message)
    this.#hardware.post('wifi', record.handle)
  }
}
