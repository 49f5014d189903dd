import type { PortalDevice } from './device.js'
import type { Form } from './form.js'
import { diagnosisPage } from './pages/diagnosis.js'
import type { Answer, Section } from './section.js'
import type { Texts } from './texts/en.js'

/** What somebody on the telephone reads out to the operator. */
export class DiagnosisSection implements Section {
  readonly path = '/diagnosis'
  #device: PortalDevice

  constructor(device: PortalDevice) {
    this.#device = device
  }

  title(texts: Texts): string {
    return texts.diagnosis
  }

  get(path: string, _query: Form, texts: Texts): Answer | undefined {
    if (path !== this.path) return undefined
    const body = diagnosisPage(texts, this.#device.state(), this.#device.flash(), this.#device.diagnosis())
    return { page: { path, title: texts.diagnosis, body } }
  }
}
