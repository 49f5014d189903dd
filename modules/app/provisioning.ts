import { fromHex, toHex } from '../codec/hex.js'
import { isExampleKey } from '../codec/master-key.js'
import type { StatusLight } from '../led/status-light.js'
import { Envelope } from '../mqttcrypto/envelope.js'
import type { MasterKeyState } from '../portal/device.js'
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
const NOTHING: Provision = Object.freeze({})

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
  /** What the image brings, until that is stored. */
  #image: Provision

  /** @param flags the build options; they are not kept, which would take more RAM */
  constructor(flags: Flags, options: ProvisioningOptions) {
    const { crypto, storage } = options.ports
    this.#options = options
    this.#image = {
      key: flags.key === undefined || this.#isRefused(flags.key) ? undefined : toHex(flags.key),
      provisionedSerial: flags.serial === NO_SERIAL ? undefined : flags.serial,
      updateKey: flags.updateKey && toHex(flags.updateKey),
    }
    const { key, provisionedSerial, updateKey } = new ProvisionStore(storage).values
    this.#flags = {
      ...flags,
      key: flags.key ?? bytesOf(key),
      serial: flags.serial === NO_SERIAL ? (provisionedSerial ?? NO_SERIAL) : flags.serial,
      updateKey: flags.updateKey ?? bytesOf(updateKey),
    }
    this.flags = this.#flags
    this.envelope = new Envelope(crypto, this.#flags.key ?? crypto.random(KEY_BYTES))
  }

  /** Whether the board has a key that it may use. Without one it sends nothing and takes no commands. */
  get key(): MasterKeyState {
    const { key } = this.flags
    if (key === undefined) return 'missing'
    return this.#isRefused(key) ? 'example' : 'own'
  }

  /** Stores what the image brings. */
  start(): void {
    const { log } = this.#options.ports
    this.#write(this.#image)
    this.#image = NOTHING
    if (this.key === 'example') log('KEY: an example that everybody knows; nothing is sent and no command is taken')
    if (this.key === 'missing') log('KEY: none yet; nothing is sent and no command is taken')
    this.#show()
  }

  close(): void {}

  /**
   * Takes the key that somebody has entered, once, and a serial number with it. False when the board has a key, when
   * everybody knows this one, or when flash does not take it: a key that is gone with the power would be none.
   * @param key 32 hex digits
   */
  take(key: string, serial: string | undefined): boolean {
    const bytes = fromHex(key)
    if (bytes?.length !== KEY_BYTES || this.key !== 'missing' || this.#isRefused(bytes)) return false
    if (!this.#write({ key: toHex(bytes), provisionedSerial: serial })) return false
    this.#flags.key = bytes
    this.#flags.serial = serial ?? this.#flags.serial
    this.envelope.use(bytes)
    this.#show()
    return true
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

  #show(): void {
    const { light } = this.#options
    light.set('exampleKey', this.key === 'example')
    light.set('noKey', this.key === 'missing')
  }
}

function bytesOf(digits: string | undefined): Uint8Array | undefined {
  return digits === undefined ? undefined : fromHex(digits)
}
