import { checkedCommand, NO_PARAMETER } from '../tools/commands.js'
import type { Device, Devices } from './devices.js'
import { Once } from './once.js'
import type { OutletMessage } from './outlet.js'
import type { OpenTopics } from './topics.js'

/** Sends a command to a device. @returns false where it cannot now */
export type Send = (device: Device, name: string, payload: string) => boolean

/** What Home Assistant sends to a valve; the names are its own. */
const VALVE: Readonly<Record<string, string>> = { OPEN: 'open', CLOSE: 'close' }

/** A number as Home Assistant writes it. */
const LIMIT = /^[0-9]{1,9}(?:\.[0-9]{1,6})?$/

/** Takes commands for valve and limit, and passes on those that are in order. */
export class Control {
  #devices: Devices
  #topics: OpenTopics
  #send: Send
  #once: Once

  constructor(devices: Devices, topics: OpenTopics, send: Send, say: (line: string) => void) {
    this.#devices = devices
    this.#topics = topics
    this.#send = send
    this.#once = new Once(say)
  }

  onMessage({ topic, text, isRetained }: OutletMessage): void {
    const { serial, rest } = this.#topics.parse(topic) ?? {}
    if (serial === undefined || (rest !== 'valve/set' && rest !== 'limit/set')) return
    const problem = isRetained
      ? 'retained commands are refused: publish without the retain flag'
      : this.#do(serial, rest, text)
    if (problem !== undefined) this.#once.say(`${topic} ${problem}`, `${topic}: ${problem}`)
  }

  /** @returns what is wrong */
  #do(serial: string, rest: 'valve/set' | 'limit/set', text: string): string | undefined {
    const device = this.#devices.find(serial)
    if (device === undefined) return 'no such device'
    if (!device.hasValve) return 'it has told of no valve yet: send it `status`'
    if (rest === 'limit/set') {
      const checked = LIMIT.test(text) ? checkedCommand('open_until', text) : undefined
      if (checked === undefined || !('payload' in checked)) return 'expected an amount such as 1200 or 12.5'
      return this.#send(device, 'open_until', checked.payload) ? undefined : NOT_SENT
    }
    const name = Object.hasOwn(VALVE, text) ? VALVE[text]! : undefined
    if (name === undefined) return 'expected OPEN or CLOSE'
    // Neither is answered, so the device is asked what came of it.
    return this.#send(device, name, NO_PARAMETER) && this.#send(device, 'status', NO_PARAMETER) ? undefined : NOT_SENT
  }
}

const NOT_SENT = 'not sent: the broker of the devices is away'
