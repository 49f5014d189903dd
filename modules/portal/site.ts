import { encodeUtf8 } from '../codec/utf8.js'
import { AccessSection } from './access-section.js'
import type { Answer } from './answer.js'
import type { PortalDevice } from './device.js'
import { parseForm } from './form.js'
import type { HttpRequest } from './http-request.js'
import type { HttpResponse } from './http-server.js'
import { meterPage } from './pages/meter.js'
import { whole } from './pages/page.js'
import { isSameSite } from './same-site.js'
import { SCRIPT_HASH } from './script.js'
import type { Texts } from './texts/en.js'
import { languageOf, textsOf } from './texts/language.js'
import { WaterSection } from './water-section.js'
import { WifiSection } from './wifi-section.js'

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
const METER = '/meter'

/** The portal: who may ask for what, in which language, and how it is answered. */
export class PortalSite {
  #options: PortalSiteOptions
  #wifi: WifiSection
  #water: WaterSection
  #access: AccessSection
  /** The language somebody has chosen. */
  #chosen: Texts | undefined

  constructor(options: PortalSiteOptions) {
    const { device } = options
    this.#options = options
    this.#wifi = new WifiSection(device)
    this.#water = new WaterSection(device)
    this.#access = new AccessSection(device)
  }

  respond(request: HttpRequest): HttpResponse {
    const { method, path, host } = request
    const isOurs = host === '' || host === this.#options.host
    if (method === 'GET' || method === 'HEAD') {
      // The addresses by which phones and computers find out whether they are on the Internet are among these.
      if (!isOurs) return this.#redirect('/')
      const query = parseForm(encodeUtf8(request.query))
      this.#chosen = textsOf(query.get('lang') ?? '') ?? this.#chosen
      const texts = this.#texts(request)
      const { device } = this.#options
      const answer =
        path === METER
          ? { page: { path, title: texts.meter, body: meterPage(texts, device, path) } }
          : (this.#wifi.get(path, query, texts) ??
            this.#water.get(path, query, texts) ??
            this.#access.get(path, query, texts))
      return this.#response(answer, texts)
    }
    if (method !== 'POST') return plain(405, 'GET, HEAD, POST')
    const texts = this.#texts(request)
    if (!isOurs || !isSameSite(request)) return plain(403, texts.refused)
    const type = request.contentType.split(';')[0]!.trim().toLowerCase()
    if (type !== '' && type !== FORM_TYPE) return plain(415, FORM_TYPE)
    const form = parseForm(request.body)
    const answer =
      this.#wifi.post(path, form, texts) ?? this.#water.post(path, form, texts) ?? this.#access.post(path, form, texts)
    return this.#response(answer, texts)
  }

  #texts({ acceptLanguage }: HttpRequest): Texts {
    return this.#chosen ?? languageOf(acceptLanguage)
  }

  #response(answer: Answer, texts: Texts): HttpResponse {
    if (answer === undefined) return plain(404, texts.notFound)
    if ('to' in answer) return this.#redirect(answer.to)
    if ('json' in answer) return { status: 200, headers: ['Content-Type: text/json'], body: answer.json }
    const { page } = answer
    this.#options.onActivity()
    const menu: [string, string][] = [
      [this.#wifi.path, texts.wifi],
      [METER, texts.meter],
    ]
    if (this.#water.path !== undefined) menu.push([this.#water.path, texts.water])
    menu.push([this.#access.path, texts.access])
    return {
      status: page.errors === undefined || page.errors.length === 0 ? 200 : 400,
      headers: PAGE_HEADERS,
      body: whole({ texts, name: this.#options.name, menu }, page),
    }
  }

  #redirect(path: string): HttpResponse {
    return { status: 302, headers: [`Location: http://${this.#options.host}${path}`] }
  }
}

function plain(status: number, text: string): HttpResponse {
  return { status, body: [`${text}\n`] }
}
