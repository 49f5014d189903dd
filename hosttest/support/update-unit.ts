import { fromHex } from '../../modules/codec/hex.js'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { Slots } from '../../modules/storage/slots.js'
import { WriteBudget } from '../../modules/storage/write-budget.js'
import type { UpdateHost } from '../../modules/update/host.js'
import type { UpdateOptions } from '../../modules/update/options.js'
import { Update } from '../../modules/update/update.js'
import { VirtualClock } from '../../twin/clock.js'
import { makeImage, type TwinImage } from '../../twin/image.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { SimulatedHttp } from '../../twin/simulated-http.js'
import { RunningSlots, SimulatedSlots } from '../../twin/slots.js'
import { nodeVerifier } from '../../twin/verifier.js'
import { signed, UPDATE_KEY } from './update.js'

export const OLD = '0.1.0'
export const NEW = '0.2.0'
export const URL = 'http://updates:8000/file'

/** The part `update` alone, with slots and a server, and a firmware around it that does what a test says. */
export class UpdateUnit implements UpdateHost {
  readonly clock = new VirtualClock()
  readonly http = new SimulatedHttp(this.clock)
  readonly storage = new MemoryStorage()
  readonly simulated = new SimulatedSlots()
  readonly budget = new WriteBudget(this.clock, () => {})
  delivered = 0
  deliveredSamples = 0
  meterWasRead = true
  brokerConnected = true
  busy = false
  isUpdating = false
  flashErrors = 0
  restarts = 0
  readonly told: string[] = []
  slots!: RunningSlots
  update!: Update
  #changes: Partial<UpdateOptions>
  #power = { on: true }

  constructor(changes: Partial<UpdateOptions> = {}) {
    this.#changes = changes
    this.simulated.install(makeImage({ version: OLD }))
    this.#start()
  }

  /** The boot loader and the start of whatever runs then. */
  async boot(): Promise<void> {
    this.#start()
    await this.clock.run(1)
  }

  #start(): void {
    this.#power.on = false
    this.update?.close()
    this.#power = { on: true }
    const { slot, image } = this.simulated.boot()!
    this.slots = new RunningSlots({
      slots: this.simulated,
      running: slot,
      power: this.#power,
      restart: () => this.#start(),
    })
    this.delivered = 0
    this.deliveredSamples = 0
    const { clock, storage, budget, slots } = this
    this.update = new Update(
      {
        clock: {
          now: () => clock.now() - at,
          set: (callback, ms) => clock.set(callback, ms),
          clear: (timer) => clock.clear(timer),
        },
        storage,
        budget,
        slots,
        connectTcp: this.http.connect,
        verifier: nodeVerifier,
        image,
        updateKey: fromHex(UPDATE_KEY),
        log: () => {},
        ...this.#changes,
      },
      this,
    )
    const at = clock.now()
    this.update.start()
  }

  /** Something else is stored where the record is. */
  storeRecord(text: string): void {
    const slots = new Slots(this.storage, 'update')
    slots.read()
    slots.write(encodeUtf8(text))
  }

  isBusy(): boolean {
    return this.busy
  }

  tell(text: string): void {
    this.told.push(text)
  }

  onUpdating(isUpdating: boolean): void {
    this.isUpdating = isUpdating
  }

  onFlashError(): void {
    this.flashErrors++
  }

  restart(): void {
    this.update.close()
    this.restarts++
  }

  /** Has the server serve this and gives the command. @returns the answer */
  offer(file: Uint8Array, version = NEW, force = false): string {
    this.http.files.set('/file', file)
    return this.update.offer({ version, url: URL, force })
  }

  /** The same, and lets the update end. @returns the last that was told */
  async run(file: Uint8Array, version = NEW, force = false, ms = 120_000): Promise<string> {
    const answer = this.offer(file, version, force)
    if (!answer.startsWith('state=accepted')) return answer
    await this.clock.run(ms)
    return this.told.at(-1) ?? ''
  }

  /** Somebody at the page sends the file in pieces. @returns bytes that were asked for to the end */
  upload(file: Uint8Array, piece = 1024): number {
    let next: number | undefined = 0
    let sent = 0
    while (next !== undefined && next < file.length) {
      const at: number = next
      const part = file.slice(at, at + piece)
      next = this.update.upload(at, part)
      sent += part.length
    }
    return sent
  }
}

/** A signed image of the new version. */
export function newFile(image: Partial<TwinImage> = {}, changes: Parameters<typeof signed>[1] = {}): Uint8Array {
  return signed(makeImage({ version: NEW, size: 20_000, ...image }), changes)
}
