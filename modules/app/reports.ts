import type { Device } from '../control/device.js'
import { resetReasonText } from '../control/texts.js'
import type { ValveHost } from '../control/valve/valve.js'
import type { SlotError } from '../storage/slots.js'
import type { AnnouncementHost } from '../uplink/announcement.js'
import type { Flags } from './flags.js'

/** The device, with the number under which it speaks; empty until it has one. */
type Speaker = Device & { readonly serial: string }

/** What the device says unasked. */
export class Reports implements ValveHost, AnnouncementHost {
  #device: Speaker
  #flags: Flags
  #log: (text: string) => void

  constructor(device: Speaker, flags: Flags, log: (text: string) => void) {
    this.#device = device
    this.#flags = flags
    this.#log = log
  }

  /** After each connection. */
  announce(step: number): boolean {
    const device = this.#device
    switch (step) {
      case 0:
        device.publish('version', device.version)
        return true
      case 1:
        device.publish('uptime', String(device.uptime()))
        return true
      case 2:
        device.publish('reset_reason', resetReasonText(device.system))
        return this.#flags.driver.hasValve
      default:
        device.publish('status', device.valve.status)
        return false
    }
  }

  onAutoClose(): void {
    this.#device.publish('status', this.#device.valve.status)
  }

  onLimitMoved(): void {
    this.#device.publish('open_until', this.#device.valve.limitText)
    this.#device.publish('status', this.#device.valve.status)
  }

  onNoTotal(reason: string): void {
    this.#log(`valve: no total: ${reason}`)
    if (this.#flags.autoClose) this.#device.publish('limit_error', reason)
  }

  /** Publishes the error once the device has its name. The log has every error. */
  onFlashError({ calculated, saved }: SlotError): void {
    const text = `calculated_crc=0x${calculated.toString(16)}&saved_crc=0x${saved.toString(16)}`
    this.#log(`flash error: ${text}`)
    if (this.#device.serial !== '') this.#device.publish('flash_error', text)
  }
}
