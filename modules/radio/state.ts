import type { StoragePort } from '../ports/storage.js'
import { type SlotError, Slots } from '../storage/slots.js'
import type { Claim } from './plausibility.js'

const NOTHING = new Uint8Array(0)

/** Session number u32 and total as a double, big-endian, then the learned signatures. */
const SIGNATURES_AT = 12

/** The part of a radio meter that outlives power-off: its last believed claim and its headers. */
export class RadioMeterState {
  readonly last: Claim | undefined
  readonly signatures: Uint8Array
  #slots: Slots

  /** @param id 8 digits */
  constructor(storage: StoragePort, id: string) {
    this.#slots = new Slots(storage, `radio${id}`)
    const bytes = this.#slots.read()
    if (bytes === undefined || bytes.length < SIGNATURES_AT) {
      this.signatures = NOTHING
      return
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.last = { sessionNumber: view.getUint32(0), total: view.getFloat64(4) }
    this.signatures = bytes.slice(SIGNATURES_AT)
  }

  /** Returns the error, if any; what was stored before is still there then. */
  write({ sessionNumber, total }: Claim, signatures: Uint8Array): SlotError | undefined {
    const bytes = new Uint8Array(SIGNATURES_AT + signatures.length)
    const view = new DataView(bytes.buffer)
    view.setUint32(0, sessionNumber)
    view.setFloat64(4, total)
    bytes.set(signatures, SIGNATURES_AT)
    return this.#slots.write(bytes)
  }

  forget(): void {
    if (this.#slots.read() !== undefined) this.#slots.write(NOTHING)
  }
}
