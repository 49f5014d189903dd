import type { PortalDevice } from './device.js'
import type { Form } from './form.js'
import { NO_ERRORS } from './form-error.js'
import { accessPage } from './pages/access.js'
import { readFields } from './read-fields.js'
import type { Answer, Section } from './section.js'
import type { Texts } from './texts/en.js'

/** The password of the set-up network. */
export class AccessSection implements Section {
  readonly path = '/access'
  #device: PortalDevice

  constructor(device: PortalDevice) {
    this.#device = device
  }

  title(texts: Texts): string {
    return texts.access
  }

  get(path: string, _query: Form, texts: Texts): Answer | undefined {
    return path === this.path ? this.#page(texts) : undefined
  }

  post(path: string, form: Form, texts: Texts): Answer | undefined {
    if (path !== this.path) return undefined
    const isStandard = form.get('standard') !== undefined
    const { values, errors } = isStandard ? STANDARD : readFields(form, GROUPS)
    if (errors.length > 0) return this.#page(texts, errors)
    this.#device.update(values)
    return { to: path }
  }

  #page(texts: Texts, errors = NO_ERRORS): Answer {
    const body = accessPage(texts, this.#device.state(), errors)
    return { page: { path: this.path, title: texts.accessTitle, body, errors } }
  }
}

const GROUPS = Object.freeze(['access'] as const)
const STANDARD = Object.freeze({ values: Object.freeze({ portalPassword: '' }), errors: NO_ERRORS })
