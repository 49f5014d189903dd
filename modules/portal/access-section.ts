import type { Answer, Section } from './answer.js'
import { NO_ERRORS } from './answer.js'
import type { PortalDevice } from './device.js'
import type { Form } from './form.js'
import { accessPage } from './pages/access.js'
import type { Texts } from './texts/en.js'

const PATH = '/access'

/** The set-up network's own password. */
export class AccessSection implements Section {
  readonly path = PATH
  #device: PortalDevice

  constructor(device: PortalDevice) {
    this.#device = device
  }

  get(path: string, _query: Form, texts: Texts): Answer {
    return path === PATH ? this.#page(texts) : undefined
  }

  post(path: string, form: Form, texts: Texts): Answer {
    if (path !== PATH) return undefined
    const portalPassword = form.get('standard') === undefined ? (form.get('password') ?? '') : ''
    // WPA takes 8 to 63 characters of ASCII.
    if (form.get('standard') === undefined && !/^[ -~]{8,63}$/.test(portalPassword))
      return this.#page(texts, [{ field: 'password', text: 'wrongPortalPassword' }])
    this.#device.update({ portalPassword })
    return { to: PATH }
  }

  #page(texts: Texts, errors = NO_ERRORS): Answer {
    return { page: { path: PATH, title: texts.accessTitle, body: accessPage(texts, this.#device, errors), errors } }
  }
}
