import { isDigits } from '../codec/characters.js'
import type { PortalDevice } from './device.js'
import type { Form } from './form.js'
import { devicePage, resetPage } from './pages/device.js'
import type { Answer, Section } from './section.js'
import type { Texts } from './texts/en.js'
import type { PortalUpdate } from './update-device.js'
import { IN_PROGRESS, NOT_IN_PROGRESS } from './wifi-section.js'

const UPDATE = '/update'
/** Digits of the longest position in an upload. */
const LONGEST_POSITION = 8
const END = Object.freeze(['{"end":1}'])

/** The version that runs, how an update is going and the upload of one, restart and factory reset. */
export class DeviceSection implements Section {
  readonly path = '/device'
  #device: PortalDevice
  #update: PortalUpdate | undefined

  /** @param update undefined where the device takes no updates */
  constructor(device: PortalDevice, update: PortalUpdate | undefined) {
    this.#device = device
    this.#update = update
  }

  title(texts: Texts): string {
    return texts.device
  }

  get(path: string, query: Form, texts: Texts): Answer | undefined {
    const { at, percent } = this.#update?.progress ?? { at: undefined, percent: 0 }
    const waits = at === 'fetching' || at === 'checking'
    if (path === '/update/progress' && this.#update !== undefined) {
      const isStill = (query.get('percent') ?? String(percent)) === String(percent) || at === 'checking'
      return { json: waits && isStill ? IN_PROGRESS : NOT_IN_PROGRESS }
    }
    if (path === UPDATE && this.#update !== undefined) return { to: this.path }
    if (path !== this.path) return undefined
    if (query.get('reset') !== undefined) return { page: { path, title: texts.resetTitle, body: resetPage(texts) } }
    return this.#page(texts, waits)
  }

  post(path: string, form: Form, texts: Texts): Answer | undefined {
    if (path !== this.path) return undefined
    const { isRestarting } = this.#device.state()
    if (form.get('restart') !== undefined) this.#device.restart()
    else if (form.get('reset') !== undefined && !isRestarting && !this.#device.reset())
      return this.#page(texts, false, true)
    return { to: path }
  }

  take(path: string, query: Form, piece: Uint8Array): Answer | undefined {
    const at = query.get('at') ?? ''
    if (this.#update === undefined || path !== UPDATE || !isDigits(at, LONGEST_POSITION)) return undefined
    const next = this.#update.upload(Number(at), piece)
    return { json: next === undefined ? END : [`{"next":${next}}`] }
  }

  /** @param isRefused whether flash has not taken the reset */
  #page(texts: Texts, waits: boolean, isRefused = false): Answer {
    const body = devicePage(texts, this.#device.state(), this.#update?.progress, isRefused)
    return { page: { path: this.path, title: texts.device, body, waits } }
  }
}
