import type { PortalDevice } from './device.js'
import type { Form } from './form.js'
import { updatePage } from './pages/update.js'
import type { Answer, Section } from './section.js'
import type { Texts } from './texts/en.js'
import type { PortalUpdate } from './update-device.js'
import { IN_PROGRESS, NOT_IN_PROGRESS } from './wifi-section.js'

const POSITION = /^[0-9]{1,8}$/
const END = Object.freeze(['{"end":1}'])

/** The version that runs, how an update is going, and the upload of one. */
export class UpdateSection implements Section {
  readonly path = '/update'
  #device: PortalDevice
  #update: PortalUpdate

  constructor(device: PortalDevice, update: PortalUpdate) {
    this.#device = device
    this.#update = update
  }

  title(texts: Texts): string {
    return texts.update
  }

  get(path: string, _query: Form, texts: Texts): Answer | undefined {
    const { progress } = this.#update
    const waits = progress.at === 'fetching' || progress.at === 'checking'
    if (path === '/update/progress') return { json: waits ? IN_PROGRESS : NOT_IN_PROGRESS }
    if (path !== this.path) return undefined
    return { page: { path, title: texts.update, body: updatePage(texts, this.#device.state(), progress), waits } }
  }

  take(path: string, query: Form, piece: Uint8Array): Answer | undefined {
    const at = query.get('at') ?? ''
    if (path !== this.path || !POSITION.test(at)) return undefined
    const next = this.#update.upload(Number(at), piece)
    return { json: next === undefined ? END : [`{"next":${next}}`] }
  }
}
