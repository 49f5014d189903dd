import type { PortalDevice } from './device.js'
import type { Form } from './form.js'
import { meterPage } from './pages/meter.js'
import type { Answer, Section } from './section.js'
import type { Texts } from './texts/en.js'

/** The meter's last reading and the state of the device. */
export class MeterSection implements Section {
  readonly path = '/meter'
  #device: PortalDevice

  constructor(device: PortalDevice) {
    this.#device = device
  }

  title(texts: Texts): string {
    return texts.meter
  }

  get(path: string, _query: Form, texts: Texts): Answer | undefined {
    if (path !== this.path) return undefined
    return { page: { path, title: texts.meter, body: meterPage(texts, this.#device.state(), path) } }
  }
}
