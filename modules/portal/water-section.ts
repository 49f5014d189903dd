import { fromHex } from '../codec/hex.js'
import type { PortalDevice } from './device.js'
import { type Form, NO_FORM } from './form.js'
import { NO_ERRORS } from './form-error.js'
import { waterPage } from './pages/water.js'
import { readFields } from './read-fields.js'
import type { Answer, LaterAnswer, Section } from './section.js'
import type { Texts } from './texts/en.js'

/** The water meters and their keys. */
export class WaterSection implements Section {
  readonly path = '/water'
  #device: PortalDevice

  constructor(device: PortalDevice) {
    this.#device = device
  }

  title(texts: Texts): string {
    return texts.water
  }

  get(path: string, _query: Form, texts: Texts): Answer | undefined {
    return path === this.path ? this.#page(texts) : undefined
  }

  post(path: string, form: Form, texts: Texts): Answer | LaterAnswer | undefined {
    if (path !== this.path) return undefined
    const removed = form.get('remove')
    if (removed !== undefined) {
      this.#device.removeWaterMeter(removed)
      return { to: path }
    }
    const headers = form.get('headers')
    if (headers !== undefined) return this.#takeHeaders(headers, form, texts)
    const { values, errors } = readFields(form, GROUPS)
    const refusal =
      errors.length === 0 ? this.#device.setWaterMeter(values.waterId!, fromHex(values.waterKey!)!) : undefined
    if (refusal !== undefined) errors.push({ field: 'id', text: refusal })
    return errors.length === 0 ? { to: path } : this.#page(texts, form, errors)
  }

  /** The whole list: an empty one too, unlike an input that a form leaves out. */
  #takeHeaders(text: string, form: Form, texts: Texts): Answer | LaterAnswer {
    const { values, errors } = readFields(form, HEADERS)
    if (errors.length > 0) return this.#page(texts, form, errors)
    return () => {
      this.#device.update(text.trim() === '' ? { radioHeaders: '' } : values)
      return { to: this.path }
    }
  }

  #page(texts: Texts, form = NO_FORM, errors = NO_ERRORS): Answer {
    const body = waterPage(texts, this.#device.state(), form, errors)
    return { page: { path: this.path, title: texts.water, body, errors } }
  }
}

const GROUPS = Object.freeze(['water'] as const)
const HEADERS = Object.freeze(['headers'] as const)
