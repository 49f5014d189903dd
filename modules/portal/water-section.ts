import { isDigits } from '../codec/characters.js'
import { fromHex } from '../codec/hex.js'
import type { PortalDevice, WaterMeterState } from './device.js'
import { type Form, NO_FORM } from './form.js'
import { NO_ERRORS } from './form-error.js'
import { headersPage, removalPage, waterPage } from './pages/water.js'
import { readFields } from './read-fields.js'
import type { Again, Answer, LaterAnswer, Section } from './section.js'
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

  get(path: string, query: Form, texts: Texts): Answer | undefined {
    if (path === HEADERS_PATH) return this.#headers(texts, NO_FORM, NO_ERRORS, query.get('saved') !== undefined)
    if (path !== this.path) return undefined
    const id = query.get('remove')
    if (id !== undefined && this.#meters().some((meter) => meter.id === id && !meter.builtIn))
      return { page: { path, title: texts.removeTitle(id), body: removalPage(texts, id) } }
    return this.#page(texts, NO_FORM, NO_ERRORS, this.#done(query, texts))
  }

  post(path: string, form: Form, texts: Texts, again?: Again): Answer | LaterAnswer | undefined {
    if (path !== this.path) return undefined
    const removed = form.get('remove')
    if (removed !== undefined && again === undefined) {
      this.#device.removeWaterMeter(removed)
      return { to: isId(removed) ? `/water?removed=${removed}` : path }
    }
    const headers = form.get('headers')
    if (headers !== undefined) return this.#takeHeaders(headers, form, texts, again)
    if (again === 'typed') return this.#page(texts, form)
    const { values, errors } = readFields(form, GROUPS)
    if (again !== undefined) return this.#page(texts, form, errors)
    const refusal =
      errors.length === 0 ? this.#device.setWaterMeter(values.waterId!, fromHex(values.waterKey!)!) : undefined
    if (refusal !== undefined) errors.push({ field: 'id', text: refusal })
    return errors.length === 0 ? { to: `/water?saved=${values.waterId}` } : this.#page(texts, form, errors)
  }

  /** What the form before has done, where that is so now; whoever reloads the page later must read no untruth. */
  #done(query: Form, texts: Texts): string | undefined {
    const saved = query.get('saved')
    const removed = query.get('removed')
    if (this.#device.flash().settings !== 'works') return undefined
    if (saved !== undefined && this.#has(saved)) return texts.added(saved)
    return removed !== undefined && isId(removed) && !this.#has(removed) ? texts.removed(removed) : undefined
  }

  #has(id: string): boolean {
    return this.#meters().some((meter) => meter.id === id)
  }

  #meters(): readonly WaterMeterState[] {
    return this.#device.state().waterMeters!
  }

  /** The whole list: an empty one too, unlike an input that a form leaves out. */
  #takeHeaders(text: string, form: Form, texts: Texts, again: Again | undefined): Answer | LaterAnswer {
    if (again === 'typed') return this.#headers(texts, form)
    const { values, errors } = readFields(form, HEADERS)
    if (errors.length > 0 || again !== undefined) return this.#headers(texts, form, errors)
    return () => {
      this.#device.update(text.trim() === '' ? { radioHeaders: '' } : values)
      return { to: '/water/headers?saved=1' }
    }
  }

  #page(texts: Texts, form = NO_FORM, errors = NO_ERRORS, done?: string): Answer {
    const body = waterPage(texts, this.#device.state(), form, errors, done)
    return { page: { path: this.path, title: texts.water, body, errors, hasForm: true } }
  }

  /** @param isSaved whether the form before has stored them */
  #headers(texts: Texts, form = NO_FORM, errors = NO_ERRORS, isSaved = false): Answer {
    const isInFlash = this.#device.flash().settings === 'works'
    const body = headersPage(texts, this.#device.state(), form, errors, isSaved && isInFlash)
    return { page: { path: this.path, title: texts.headers, body, errors, hasForm: true } }
  }
}

const HEADERS_PATH = '/water/headers'
const GROUPS = Object.freeze(['water'] as const)
const HEADERS = Object.freeze(['headers'] as const)

function isId(text: string): boolean {
  return text.length === 8 && isDigits(text)
}
