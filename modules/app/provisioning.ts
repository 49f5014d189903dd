import { fromHex, toHex } from '../codec/hex.js'
import { isExampleKey } from '../codec/master-key.js'
import type { StatusLight } from '../led/status-light.js'
import { Envelope } from '../mqttcrypto/envelope.js'
import type { MasterKeyState } from '../portal/device.js'
import type { Timer } from '../ports/clock.js'
import { type Provision, ProvisionStore } from '../storage/provision.js'
import type { SlotError } from '../storage/slots.js'
import { type Flags, NO_SERIAL } from './flags.js'
import type { Part } from './part.js'
import type { Ports } from './ports.js'

export interface ProvisioningOptions {
  readonly ports: Ports
  readonly light: StatusLight
  /** Whether a key that everybody knows must not be used. */
  readonly refusesExamples: boolean
  onFlashError(error: SlotError): void
}

const KEY_BYTES = 16

/**
 * Whose board it is: master key, serial number and update key. They come with the image, over the cable into the settings'
 * partition, or through the portal. What comes with the image goes first, and is stored, so that another image without it
 * goes on with it.
 */
export class Provisioning implements Part {
  /** The build options, with what of these three the image lacks and the board has. */
  readonly flags: Flags
  /** Under a key that nobody knows while the board has none. */
  readonly envelope: Envelope
  #options: ProvisioningOptions
  #flags: { -readonly [name in keyof Flags]: Flags[name] }
  #key: MasterKeyState
  /** The key, the number and the update key that the image brings, until they are stored. */
  #image: Pick<Flags, 'key' | 'serial' | 'updateKey'> | undefined
  #timer: Timer | undefined

  /** @param flags the build options; they are not kept, which would take more RAM */
  constructor(flags: Flags, options: ProvisioningOptions) {
    const { crypto, storage } = options.ports
    const { key, serial, updateKey } = flags
    this.#options = options
    const stored = new ProvisionStore(storage).values
    this.#flags = {
      ...flags,
      key: key ?? bytesOf(stored.key),
      serial: serial === NO_SERIAL ? (stored.provisionedSerial ?? NO_SERIAL) : serial,
      updateKey: updateKey ?? bytesOf(stored.updateKey),
    }
    this.flags = this.#flags
    const used = this.#flags.key
    this.#key = used === undefined ? 'missing' : this.#isRefused(used) ? 'example' : 'own'
    this.#image = { key: this.#key === 'own' ? key : undefined, serial, updateKey }
    this.envelope = new Envelope(crypto, used ?? crypto.random(KEY_BYTES))
  }

  /** Whether the board has a key that it may use. Without one it sends nothing and takes no commands. */
  get key(): MasterKeyState {
    return this.#key
  }

  start(): void {
    const { ports, light } = this.#options
    const { log, clock } = ports
    if (this.#key === 'example') {
      log('KEY: an example that everybody knows; nothing is sent and no command is taken')
      light.set('exampleKey', true)
    } else if (this.#key === 'missing') {
      log('KEY: none yet; nothing is sent and no command is taken')
      light.set('noKey', true)
    }
    // In a turn of its own: there is much to do at power-on.
    this.#timer = clock.set(() => this.#storeImage(), 0)
  }

  close(): void {
    this.#options.ports.clock.clear(this.#timer)
  }

  /**
   * Takes the key that somebody has entered, once, and a serial number with it. False when the board has a key, when
   * everybody knows this one, or when flash does not take it: a key that is gone with the power would be none.
   * @param key 32 hex digits
   */
  take(key: string, serial: string | undefined): boolean {
    const bytes = fromHex(key)
    if (bytes?.length !== KEY_BYTES || this.#key !== 'missing' || this.#isRefused(bytes)) return false
    if (!this.#write({ key: toHex(bytes), provisionedSerial: serial })) return false
    this.#flags.key = bytes
    this.#flags.serial = serial ?? this.#flags.serial
    this.#key = 'own'
    this.envelope.use(bytes)
    this.#options.light.set('noKey', false)
    return true
  }

  #storeImage(): void {
    const { key, serial, updateKey } = this.#image!
    this.#image = undefined
    const provisionedSerial = serial === NO_SERIAL ? undefined : serial
    this.#write({ key: key && toHex(key), provisionedSerial, updateKey: updateKey && toHex(updateKey) })
  }

  #isRefused(key: Uint8Array): boolean {
    return this.#options.refusesExamples && isExampleKey(key)
  }

  #write(changes: Provision): boolean {
    const { ports, onFlashError } = this.#options
    const error = new ProvisionStore(ports.storage).update(changes)
    if (error !== undefined) onFlashError(error)
    return error === undefined
  }
}

function bytesOf(digits: string | undefined): Uint8Array | undefined {
  return digits === undefined ? undefined : fromHex(digits)
}
