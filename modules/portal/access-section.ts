import type { PortalDevice } from './device.js'
import type { Form } from './form.js'
import { NO_ERRORS } from './form-error.js'
import { accessPage } from './pages/access.js'
import { readFields } from './read-fields.js'
import type { Again, Answer, Section } from './section.js'
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

  get(path: string, query: Form, texts: Texts): Answer | undefined {
    return path === this.path ? this.#page(texts, NO_ERRORS, query.get('saved') !== undefined) : undefined
  }

  post(path: string, form: Form, texts: Texts, again?: Again): Answer | undefined {
    if (path !== this.path) return undefined
    if (again === 'typed') return this.#page(texts)
    const isStandard = form.get('standard') !== undefined
    const { values, errors } = isStandard ? STANDARD : readFields(form, GROUPS)
    if (errors.length > 0 || again !== undefined) return this.#page(texts, errors)
    this.#device.update(values)
    return { to: isStandard ? path : '/access?saved=1' }
  }

  /** @param isSaved whether the form before has set a password */
  #page(texts: Texts, errors = NO_ERRORS, isSaved = false): Answer {
    const state = this.#device.state()
    const isInFlash = state.hasPortalPassword && this.#device.flash().settings === 'works'
    const body = accessPage(texts, state, errors, isSaved && isInFlash)
    return { page: { path: this.path, title: texts.accessTitle, body, errors, hasForm: state.key !== 'missing' } }
  }
}

const GROUPS = Object.freeze(['access'] as const)
const STANDARD = Object.freeze({ values: Object.freeze({ portalPassword: '' }), errors: NO_ERRORS })
