import { fromHex } from '../codec/hex.js'
import { encodeUtf8 } from '../codec/utf8.js'
import type { PortalDevice } from './device.js'
import { type Form, parseForm } from './form.js'

import type { HttpRequest } from './http-request.js'
import type { HttpResponse } from './http-server.js'
import { Networks } from './networks.js'
import { accessPage } from './pages/access.js'
import { meterPage } from './pages/meter.js'
import { type Page, whole } from './pages/page.js'
import { trialPage } from './pages/trial.js'
import { waterPage } from './pages/water.js'
import { wifiPage } from './pages/wifi.js'
import { isSameSite } from './same-site.js'
import { scanResult } from './scan-result.js'
import { SCRIPT_HASH } from './script.js'
import { type FormError, readSetup } from './setup-form.js'
import type { Texts } from './texts/en.js'
import { languageOf, textsOf } from './texts/language.js'
import { Trial } from './trial.js'

export interface PortalSiteOptions {
  readonly device: PortalDevice
  /** Where the portal is found, as in the Host header: `192.168.4.1`. Everybody who asks for another is sent there. */
  readonly host: string
  /** Name of the set-up network. */
  readonly name: string
  /** Somebody looks at a page. */
  onActivity(): void
}

const PAGE_HEADERS = Object.freeze([
  'Content-Type: text/html; charset=utf-8',
  `Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; script-src '${SCRIPT_HASH}'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'Referrer-Policy: same-origin',
] as const)

const FORM_TYPE = 'application/x-www-form-urlencoded'

const SETUP = '/wifi/wifi_setup.tpl'
const IMPULSE_SETUP = '/wifi/impulse_meter_wifi_setup.tpl'
const TRYING = '/wifi/setting_up.html'
const IMPULSE_TRYING = '/wifi/impulse_meter_setting_up.html'
const METER = '/meter'
const WATER = '/water'
const ACCESS = '/access'

const NO_FORM: Form = Object.freeze({})
const NO_ERRORS: readonly FormError[] = Object.freeze([])

const IN_PROGRESS = '{"result":{"inProgress":"1"}}'
const NOT_IN_PROGRESS = '{"result":{"inProgress":"0"}}'

/** The portal's pages and what their forms do, at the original's addresses where it had them. */
export class PortalSite {
  #options: PortalSiteOptions
  #device: PortalDevice
  #networks: Networks
  #trial: Trial | undefined
  /** The language somebody has chosen. */
  #chosen: Texts | undefined

  constructor(options: PortalSiteOptions) {
    this.#options = options
    this.#device = options.device
    this.#networks = new Networks((onFound, onDone) => options.device.scan(onFound, onDone))
    this.#networks.look()
  }

  respond(request: HttpRequest): HttpResponse {
    const { method, host } = request
    const isOurs = host === '' || host === this.#options.host
    if (method === 'GET' || method === 'HEAD') return isOurs ? this.#get(request) : this.#redirect('/')
    if (method !== 'POST') return plain(405, 'GET, HEAD and POST only')
    if (!isOurs || !isSameSite(request)) return plain(403, this.#texts(request).refused)
    const type = request.contentType.split(';')[0]!.trim().toLowerCase()
    if (type !== '' && type !== FORM_TYPE) return plain(415, FORM_TYPE)
    this.#options.onActivity()
    return this.#post(request, parseForm(request.body))
  }

  #get(request: HttpRequest): HttpResponse {
    const { path } = request
    switch (path) {
      case '/wifi/wifiscan.cgi':
        return this.#scanResult()
      case '/wifi/looking.cgi':
        return json(this.#networks.inProgress ? IN_PROGRESS : NOT_IN_PROGRESS)
      case '/wifi/trying.cgi':
        return json(this.#trial?.isRunning ? IN_PROGRESS : NOT_IN_PROGRESS)
      case '/':
      case '/wifi':
      case '/wifi/':
      case '/wifi/setup.cgi':
      case '/wifi/keep.cgi':
      case '/generate_204':
      case '/hotspot-detect.html':
        return this.#redirect(this.#setupPath)
    }
    const query = parseQuery(request.query)
    this.#chosen = textsOf(query.lang ?? '') ?? this.#chosen
    const texts = this.#texts(request)
    switch (path) {
      case SETUP:
      case IMPULSE_SETUP:
        if (query.scan !== undefined) {
          this.#networks.look()
          return this.#redirect(path)
        }
        return this.#setupPage(texts)
      case TRYING:
      case IMPULSE_TRYING:
        return this.#trialPage(texts)
      case METER:
        return this.#page(texts, { path, title: texts.meter, body: meterPage(texts, this.#device, path) })
      case WATER:
        if (this.#device.waterMeters !== undefined) return this.#waterPage(texts)
        break
      case ACCESS:
        return this.#accessPage(texts)
    }
    return plain(404, texts.notFound)
  }

  #post(request: HttpRequest, form: Form): HttpResponse {
    const texts = this.#texts(request)
    switch (request.path) {
      case '/wifi/setup.cgi':
        return this.#onSetup(texts, form)
      case '/wifi/keep.cgi':
        this.#trial?.keep()
        this.#trial = undefined
        return this.#redirect(this.#setupPath)
      case WATER:
        if (this.#device.waterMeters !== undefined) return this.#onWater(texts, form)
        break
      case ACCESS:
        return this.#onAccess(texts, form)
    }
    return plain(404, texts.notFound)
  }

  #onSetup(texts: Texts, form: Form): HttpResponse {
    const { ssid, password, changes, errors } = readSetup(form, this.#device)
    if (errors.length > 0) return this.#setupPage(texts, form, errors)
    this.#device.update(changes)
    this.#trial = new Trial(this.#device, ssid, password)
    return this.#redirect(this.#device.impulse === undefined ? TRYING : IMPULSE_TRYING)
  }

  #onWater(texts: Texts, form: Form): HttpResponse {
    if (form.remove !== undefined) {
      this.#device.removeWaterMeter(form.remove)
      return this.#redirect(WATER)
    }
    const id = (form.id ?? '').trim()
    const key = fromHex((form.key ?? '').trim())
    const errors: FormError[] = []
    if (!/^[0-9]{8}$/.test(id)) errors.push({ field: 'id', text: 'wrongId' })
    if (key?.length !== 16) errors.push({ field: 'key', text: 'wrongKey' })
    if (errors.length === 0 && !this.#device.setWaterMeter(id, key!)) errors.push({ field: 'id', text: 'tooMany' })
    return errors.length === 0 ? this.#redirect(WATER) : this.#waterPage(texts, form, errors)
  }

  #onAccess(texts: Texts, form: Form): HttpResponse {
    const portalPassword = form.standard === undefined ? (form.password ?? '') : ''
    // WPA takes 8 to 63 characters of ASCII.
    if (form.standard === undefined && !/^[ -~]{8,63}$/.test(portalPassword))
      return this.#accessPage(texts, [{ field: 'password', text: 'wrongPortalPassword' }])
    this.#device.update({ portalPassword })
    return this.#redirect(ACCESS)
  }

  get #setupPath(): string {
    return this.#device.impulse === undefined ? SETUP : IMPULSE_SETUP
  }

  #texts({ acceptLanguage }: HttpRequest): Texts {
    return this.#chosen ?? languageOf(acceptLanguage)
  }

  #setupPage(texts: Texts, form = NO_FORM, errors = NO_ERRORS): HttpResponse {
    const networks = this.#networks
    const waits = networks.inProgress && networks.list.length === 0
    const body = wifiPage(texts, this.#device, networks, form, errors)
    return this.#page(texts, { path: this.#setupPath, title: texts.wifi, body, waits }, errors)
  }

  #trialPage(texts: Texts): HttpResponse {
    const trial = this.#trial
    if (trial === undefined) return this.#redirect(this.#setupPath)
    const title = trial.isRunning ? texts.trying(trial.ssid) : trial.state === 'connected' ? texts.done : texts.notDone
    const body = trialPage(texts, trial, this.#setupPath)
    return this.#page(texts, { path: TRYING, title, body, waits: trial.isRunning })
  }

  #waterPage(texts: Texts, form = NO_FORM, errors = NO_ERRORS): HttpResponse {
    const body = waterPage(texts, this.#device, form, errors)
    return this.#page(texts, { path: WATER, title: texts.water, body }, errors)
  }

  #accessPage(texts: Texts, errors = NO_ERRORS): HttpResponse {
    const body = accessPage(texts, this.#device, errors)
    return this.#page(texts, { path: ACCESS, title: texts.accessTitle, body }, errors)
  }

  #page(texts: Texts, page: Page, errors = NO_ERRORS): HttpResponse {
    this.#options.onActivity()
    const menu: [string, string][] = [
      [this.#setupPath, texts.wifi],
      [METER, texts.meter],
    ]
    if (this.#device.waterMeters !== undefined) menu.push([WATER, texts.water])
    menu.push([ACCESS, texts.access])
    const body = whole({ texts, name: this.#options.name, menu }, page)
    return { status: errors.length === 0 ? 200 : 400, headers: PAGE_HEADERS, body }
  }

  /** The original's answer, which starts the next scan. */
  #scanResult(): HttpResponse {
    if (this.#networks.inProgress) return json(IN_PROGRESS)
    const body = scanResult(this.#networks.list)
    this.#networks.look()
    return json(body)
  }

  #redirect(path: string): HttpResponse {
    return { status: 302, headers: [`Location: http://${this.#options.host}${path}`] }
  }
}

function json(body: string | Iterable<string>): HttpResponse {
  return { status: 200, headers: ['Content-Type: text/json'], body: typeof body === 'string' ? [body] : body }
}

function plain(status: number, text: string): HttpResponse {
  return { status, body: [`${text}\n`] }
}

function parseQuery(query: string): Form {
  return parseForm(encodeUtf8(query))
}
