import type { Answer, FormError, Section } from './answer.js'
import { NO_ERRORS } from './answer.js'
import type { PortalDevice } from './device.js'
import type { Form } from './form.js'
import { Networks } from './networks.js'
import { trialPage } from './pages/trial.js'
import { wifiPage } from './pages/wifi.js'
import { scanResult } from './scan-result.js'
import { readSetup } from './setup-form.js'
import type { Texts } from './texts/en.js'
import { Trial } from './trial.js'

const SETUP = '/wifi/wifi_setup.tpl'
const IMPULSE_SETUP = '/wifi/impulse_meter_wifi_setup.tpl'
const TRYING = '/wifi/setting_up.html'
const IMPULSE_TRYING = '/wifi/impulse_meter_setting_up.html'

const IN_PROGRESS = Object.freeze(['{"result":{"inProgress":"1"}}'])
const NOT_IN_PROGRESS = Object.freeze(['{"result":{"inProgress":"0"}}'])

/** The choice of a network and what comes with it, at the addresses of the original. */
export class WifiSection implements Section {
  #device: PortalDevice
  #networks: Networks
  #trial: Trial | undefined

  constructor(device: PortalDevice) {
    this.#device = device
    this.#networks = new Networks((onFound, onDone) => device.scan(onFound, onDone))
    this.#networks.look()
  }

  /** Where the form is. */
  get path(): string {
    return this.#device.impulse === undefined ? SETUP : IMPULSE_SETUP
  }

  get(path: string, query: Form, texts: Texts): Answer {
    switch (path) {
      case SETUP:
      case IMPULSE_SETUP:
        if (query.get('scan') === undefined) return this.#setup(texts)
        this.#networks.look()
        return { to: path }
      case TRYING:
      case IMPULSE_TRYING:
        return this.#trying(texts)
      case '/wifi/wifiscan.cgi':
        return { json: this.#scanResult() }
      case '/wifi/looking.cgi':
        return { json: this.#networks.inProgress ? IN_PROGRESS : NOT_IN_PROGRESS }
      case '/wifi/trying.cgi':
        return { json: this.#trial?.isRunning ? IN_PROGRESS : NOT_IN_PROGRESS }
      case '/':
      case '/wifi':
      case '/wifi/':
      case '/wifi/setup.cgi':
      case '/wifi/keep.cgi':
      case '/generate_204':
      case '/hotspot-detect.html':
        return { to: this.path }
    }
    return undefined
  }

  post(path: string, form: Form, texts: Texts): Answer {
    if (path === '/wifi/keep.cgi') {
      this.#trial?.keep()
      this.#trial = undefined
      return { to: this.path }
    }
    if (path !== '/wifi/setup.cgi') return undefined
    const { ssid, password, changes, errors } = readSetup(form, this.#device)
    if (errors.length > 0) return this.#setup(texts, form, errors)
    this.#device.update(changes)
    this.#trial = new Trial(this.#device, ssid, password)
    return { to: this.#device.impulse === undefined ? TRYING : IMPULSE_TRYING }
  }

  #setup(texts: Texts, form: Form = new Map(), errors: readonly FormError[] = NO_ERRORS): Answer {
    const { inProgress, list } = this.#networks
    const chosen = form.get('essid') ?? this.#trial?.ssid ?? this.#device.ssid
    const body = wifiPage(texts, this.#device, this.#networks, chosen, form, errors)
    return { page: { path: this.path, title: texts.wifi, body, errors, waits: inProgress && list.length === 0 } }
  }

  #trying(texts: Texts): Answer {
    const trial = this.#trial
    if (trial === undefined) return { to: this.path }
    const { ssid, isRunning, state } = trial
    const title = isRunning ? texts.trying(ssid) : state === 'connected' ? texts.done : texts.notDone
    return { page: { path: TRYING, title, body: trialPage(texts, trial, this.path), waits: isRunning } }
  }

  /** The original's answer, which starts the next scan. */
  #scanResult(): Iterable<string> {
    if (this.#networks.inProgress) return IN_PROGRESS
    const { list } = this.#networks
    this.#networks.look()
    return scanResult(list)
  }
}
