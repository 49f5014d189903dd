import type { Delivery } from '../delivery/delivery.js'
import type { StatusLight } from '../led/status-light.js'
import type { SlotError } from '../storage/slots.js'
import type { WriteBudget } from '../storage/write-budget.js'
import type { UpdateHost } from '../update/host.js'
import type { UpdateRequest } from '../update/record.js'
import { Update } from '../update/update.js'
import type { Uplink } from '../uplink/uplink.js'
import type { Flags } from './flags.js'
import type { Metering } from './metering.js'
import type { Part } from './part.js'
import type { Ports } from './ports.js'

export interface UpdatesOptions {
  readonly ports: Ports
  readonly flags: Flags
  readonly budget: WriteBudget
  readonly delivery: Delivery
  readonly metering: Metering
  readonly uplink: Uplink
  readonly light: StatusLight
}

export interface UpdatesHost {
  /** Empty until the device knows it. */
  readonly serial: string
  publish(kind: string, text: string): void
  restart(): void
  onFlashError(error: SlotError): void
}

/** A meter that was read since then can be read. */
const LATELY = 300_000

/** Updates of the image, and what they ask of the rest of the firmware. */
export class Updates implements Part, UpdateHost {
  #options: UpdatesOptions
  #host: UpdatesHost
  #update: Update

  constructor(options: UpdatesOptions, host: UpdatesHost) {
    const { ports, flags, budget } = options
    const { clock, storage, slots, connectTcp, verifier, image } = ports
    this.#options = options
    this.#host = host
    const log = (text: string) => ports.log(text)
    const { updateKey } = flags
    this.#update = new Update({ clock, storage, budget, slots, connectTcp, verifier, image, updateKey, log }, this)
  }

  /** For the portal; undefined on a board that takes no updates. */
  get update(): Update | undefined {
    const { ports, flags } = this.#options
    return ports.slots === undefined || flags.updateKey === undefined ? undefined : this.#update
  }

  start(): void {
    this.#update.start()
  }

  close(): void {
    this.#update.close()
  }

  onConnected(): void {
    this.#update.onConnected()
  }

  /** @returns what to answer */
  offer(request: UpdateRequest): string {
    return this.#update.offer(request)
  }

  get delivered(): number {
    return this.#options.delivery.delivered
  }

  get deliveredSamples(): number {
    return this.#options.delivery.deliveredSamples
  }

  get meterWasRead(): boolean {
    return this.#options.metering.statistics.wasReadWithin(LATELY)
  }

  get brokerConnected(): boolean {
    return this.#options.uplink.connected
  }

  isBusy(): boolean {
    const { uplink, metering, delivery } = this.#options
    return uplink.station.quiet || metering.source.isTalking === true || delivery.isSending
  }

  tell(text: string): void {
    if (this.#host.serial !== '') this.#host.publish('update', text)
  }

  onUpdating(isUpdating: boolean): void {
    this.#options.light.set('updating', isUpdating)
  }

  onFlashError(error: SlotError): void {
    this.#host.onFlashError(error)
  }

  restart(): void {
    this.#host.restart()
  }
}
