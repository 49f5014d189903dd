import { fromHex } from '../codec/hex.js'
import type { Answer, FormError, Section } from './answer.js'
import { NO_ERRORS } from './answer.js'
import type { PortalDevice } from './device.js'
import type { Form } from './form.js'
import { waterPage } from './pages/water.js'
import type { Texts } from './texts/en.js'

const PATH = '/water'
const KEY_LENGTH = 16

/** The water meters and their keys, in builds that read some. */
export class WaterSection implements Section {
  #device: PortalDevice

  constructor(device: PortalDevice) {
    this.#device = device
  }

  get path(): string | undefined {
    return this.#device.waterMeters === undefined ? undefined : PATH
  }

  get(path: string, _query: Form, texts: Texts): Answer {
    return path === this.path ? this.#page(texts) : undefined
  }

  post(path: string, form: Form, texts: Texts): Answer {
    if (path !== this.path) return undefined
    const removed = form.get('remove')
    if (removed !== undefined) {
      this.#device.removeWaterMeter(removed)
      return { to: path }
    }
    const id = (form.get('id') ?? '').trim()
    const key = fromHex((form.get('key') ?? '').trim())
    const errors: FormError[] = []
    if (!/^[0-9]{8}$/.test(id)) errors.push({ field: 'id', text: 'wrongId' })
    if (key?.length !== KEY_LENGTH) errors.push({ field: 'key', text: 'wrongKey' })
    const refusal = errors.length === 0 ? this.#device.setWaterMeter(id, key!) : undefined
    if (refusal !== undefined) errors.push({ field: 'id', text: refusal })
    return errors.length === 0 ? { to: path } : this.#page(texts, form, errors)
  }

  #page(texts: Texts, form: Form = new Map(), errors = NO_ERRORS): Answer {
    return { page: { path: PATH, title: texts.water, body: waterPage(texts, this.#device, form, errors), errors } }
  }
}
