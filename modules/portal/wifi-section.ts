import { byteLength } from '../codec/utf8.js'
import type { PortalDevice, PortalState } from './device.js'
import type { FieldValues, Group } from './field-row.js'
import { type Form, NO_FORM } from './form.js'
import { type FormError, NO_ERRORS } from './form-error.js'
import { NetworkScan } from './network-scan.js'
import { trialPage } from './pages/trial.js'
import { wifiPage } from './pages/wifi.js'
import { readFields } from './read-fields.js'
import { scanResult } from './scan-result.js'
import type { Again, Answer, Section } from './section.js'
import type { Texts } from './texts/en.js'
import { Trial } from './trial.js'

const SETUP = '/wifi/wifi_setup.tpl'
const IMPULSE_SETUP = '/wifi/impulse_meter_wifi_setup.tpl'
const TRYING = '/wifi/setting_up.html'
const BROKER = '/wifi/broker.cgi'
const IMPULSE_TRYING = '/wifi/impulse_meter_setting_up.html'

/** Bytes that WPA asks for. */
const SHORTEST_PASSWORD = 8

const NO_BROKER_PASSWORD: readonly FormError[] = Object.freeze([
  Object.freeze({ field: 'mqttpassword', text: 'needsBrokerPassword' } as const),
])

/** What the original answers who asks whether something goes on. */
export const IN_PROGRESS = Object.freeze(['{"result":{"inProgress":"1"}}'])
export const NOT_IN_PROGRESS = Object.freeze(['{"result":{"inProgress":"0"}}'])

/** The set-up form and the trial of a network, at the addresses of the original. */
export class WifiSection implements Section {
  /** The set-up form's address. */
  readonly path: string
  #isImpulse: boolean
  #device: PortalDevice
  #networks: NetworkScan
  #trial: Trial | undefined
  #trials = 0

  constructor(device: PortalDevice) {
    this.#device = device
    this.#isImpulse = device.state().impulse !== undefined
    this.path = this.#isImpulse ? IMPULSE_SETUP : SETUP
    this.#networks = new NetworkScan((onFound, onDone) => device.scan(onFound, onDone))
    this.#networks.start()
  }

  title(texts: Texts): string {
    return texts.wifi
  }

  get(path: string, query: Form, texts: Texts): Answer | undefined {
    switch (path) {
      case SETUP:
      case IMPULSE_SETUP:
        if (query.get('scan') === undefined) return this.#setup(texts)
        this.#networks.start()
        return { to: path }
      case TRYING:
      case IMPULSE_TRYING:
        return this.#trying(texts)
      case '/wifi/wifiscan.cgi':
        return { json: this.#scanResult() }
      case '/wifi/looking.cgi':
        return { json: this.#networks.inProgress ? IN_PROGRESS : NOT_IN_PROGRESS }
      case '/wifi/trying.cgi':
        return { json: this.#isStill(query.get('state')) ? IN_PROGRESS : NOT_IN_PROGRESS }
      case '/':
      case '/wifi':
      case '/wifi/':
      case '/wifi/setup.cgi':
      case '/wifi/keep.cgi':
      case BROKER:
      case '/generate_204':
      case '/hotspot-detect.html':
        return { to: this.path }
    }
    return undefined
  }

  post(path: string, form: Form, texts: Texts, again?: Again): Answer | undefined {
    if (path === '/wifi/keep.cgi') {
      const trial = this.#trial
      // Another phone may have tried something else since this page was made.
      if (trial === undefined || !trial.isRefused || form.get('trial') !== String(trial.id)) return { to: TRYING }
      trial.keep()
      this.#trial = undefined
      return { to: this.path }
    }
    if (path === BROKER) {
      this.#device.useStandardBroker()
      return { to: this.path }
    }
    if (path !== '/wifi/setup.cgi') return undefined
    const { values, errors } = readFields(form, this.#groups())
    if (this.#isShort(values)) errors.push({ field: 'passwd', text: 'shortPassword' })
    if (again === 'typed') return this.#setup(texts, form)
    if (errors.length > 0 || again !== undefined) return this.#setup(texts, form, errors)
    const whole = { ...values, ssid: values.ssid! }
    if (this.#device.needsBrokerPassword(whole)) return this.#setup(texts, form, NO_BROKER_PASSWORD)
    this.#trial = new Trial(this.#device, ++this.#trials, whole)
    return { to: this.#isImpulse ? IMPULSE_TRYING : TRYING }
  }

  /** Whether the trial runs, and is in this state where one is given. */
  #isStill(state: string | undefined): boolean {
    return this.#trial?.isRunning === true && (state ?? this.#trial.state) === this.#trial.state
  }

  /** The device, and in its fields what was entered for a network that could not be joined. */
  #state(): PortalState {
    const state = this.#device.state()
    if (!this.#trial?.isRefused) return state
    return { ...state, values: { ...state.values, ...this.#trial.form } }
  }

  /** Only the keys of WEP are shorter. */
  #isShort({ ssid, password }: FieldValues): boolean {
    if (password === undefined || byteLength(password) >= SHORTEST_PASSWORD) return false
    return !this.#networks.list.some((network) => network.ssid === ssid && network.security === 'WEP')
  }

  #groups(): readonly Group[] {
    const { key, hasTls } = this.#device.state()
    const groups: Group[] = []
    if (key === 'missing') groups.push('key')
    // The number of an impulse meter has a field of its own.
    if (key === 'missing' && !this.#isImpulse) groups.push('number')
    groups.push('network', 'connection', 'broker')
    if (hasTls) groups.push('tls')
    if (this.#isImpulse) groups.push('impulse')
    return groups
  }

  #setup(texts: Texts, form = NO_FORM, errors = NO_ERRORS): Answer {
    const { inProgress, list } = this.#networks
    const state = this.#state()
    const chosen = form.get('essid') ?? this.#trial?.ssid ?? state.ssid
    const body = wifiPage(texts, state, this.#networks, chosen, form, errors, this.#device.standardBroker())
    const waits = inProgress && list.length === 0
    return { page: { path: this.path, title: texts.wifi, body, errors, waits, hasForm: true } }
  }

  #trying(texts: Texts): Answer {
    const trial = this.#trial
    if (trial === undefined) return { to: this.path }
    const { ssid, isRunning, state } = trial
    const title = isRunning ? texts.trying(ssid) : state === 'connected' ? texts.done : texts.notDone
    return { page: { path: TRYING, title, body: trialPage(texts, trial, this.path), waits: isRunning } }
  }

  /** The original's answer. It also starts the next scan. */
  #scanResult(): Iterable<string> {
    if (this.#networks.inProgress) return IN_PROGRESS
    const { list } = this.#networks
    this.#networks.start()
    return scanResult(list)
  }
}
