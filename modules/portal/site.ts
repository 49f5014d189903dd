import { encodeUtf8 } from '../codec/utf8.js'
import { AccessSection } from './access-section.js'
import type { PortalDevice } from './device.js'
import { parseForm } from './form.js'
import type { HttpRequest } from './http-request.js'
import type { HttpResponse, LaterResponse } from './http-server.js'
import { MeterSection } from './meter-section.js'
import { renderPage } from './pages/page.js'
import { isSameSite } from './same-site.js'
import { SCRIPT_HASH } from './script.js'
import type { Answer, LaterAnswer, Section } from './section.js'
import type { Texts } from './texts/en.js'
import { languageOf, textsOf } from './texts/language.js'
import type { PortalUpdate } from './update-device.js'
import { UpdateSection } from './update-section.js'
import { WaterSection } from './water-section.js'
import { WifiSection } from './wifi-section.js'

export interface PortalSiteOptions {
  readonly device: PortalDevice
  /** Undefined where the device takes no updates. */
  readonly update?: PortalUpdate | undefined
  /** The portal's Host header. A request for any other host is redirected to this one. */
  host(): string
  /** Name of the set-up network. */
  readonly name: string
  /** Called for every page that somebody looks at. */
  onActivity(): void
}

const PAGE_HEADERS = Object.freeze([
  'Content-Type: text/html; charset=utf-8',
  `Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; script-src '${SCRIPT_HASH}'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'Referrer-Policy: same-origin',
] as const)

const FORM_TYPE = 'application/x-www-form-urlencoded'
const FILE_TYPE = 'application/octet-stream'

/** The portal's site: it checks a request, picks the language and asks the sections for an answer. */
export class PortalSite {
  #options: PortalSiteOptions
  #sections: readonly Section[]
  /** The language that somebody has chosen. */
  #chosen: Texts | undefined

  constructor(options: PortalSiteOptions) {
    const { device, update } = options
    this.#options = options
    const hasWater = device.state().waterMeters !== undefined
    this.#sections = [
      new WifiSection(device),
      new MeterSection(device),
      ...(hasWater ? [new WaterSection(device)] : []),
      new AccessSection(device),
      ...(update === undefined ? [] : [new UpdateSection(device, update)]),
    ]
  }

  respond(request: HttpRequest): HttpResponse | LaterResponse {
    const { method, path, host } = request
    const isOurs = host === '' || host === this.#options.host()
    if (method === 'GET' || method === 'HEAD') {
      // Phones and computers probe other hosts to find out whether they are on the Internet.
      if (!isOurs) return this.#redirect('/')
      const query = parseForm(encodeUtf8(request.query))
      this.#chosen = textsOf(query.get('lang') ?? '') ?? this.#chosen
      const texts = this.#texts(request)
      return this.#response(texts, (section) => section.get(path, query, texts))
    }
    if (method !== 'POST') return plain(405, 'GET, HEAD, POST')
    const texts = this.#texts(request)
    if (!isOurs || !isSameSite(request)) return plain(403, texts.refused)
    const type = request.contentType.split(';')[0]!.trim().toLowerCase()
    if (type === FILE_TYPE) {
      this.#options.onActivity()
      const query = parseForm(encodeUtf8(request.query))
      return this.#response(texts, (section) => section.take?.(path, query, request.body))
    }
    if (type !== '' && type !== FORM_TYPE) return plain(415, FORM_TYPE)
    const form = parseForm(request.body)
    return this.#response(texts, (section) => section.post?.(path, form, texts))
  }

  #texts({ acceptLanguage }: HttpRequest): Texts {
    return this.#chosen ?? languageOf(acceptLanguage)
  }

  #response(texts: Texts, ask: (section: Section) => Answer | LaterAnswer | undefined): HttpResponse | LaterResponse {
    for (const section of this.#sections) {
      const answer = ask(section)
      if (typeof answer === 'function') return () => this.#responseOf(answer(), texts)
      if (answer !== undefined) return this.#responseOf(answer, texts)
    }
    return plain(404, texts.notFound)
  }

  #responseOf(answer: Answer, texts: Texts): HttpResponse {
    if ('to' in answer) return this.#redirect(answer.to)
    if ('json' in answer) return { status: 200, headers: ['Content-Type: text/json'], body: answer.json }
    const { page } = answer
    const { device, name, onActivity } = this.#options
    onActivity()
    const menu = this.#sections.map((section) => [section.path, section.title(texts)] as const)
    return {
      status: page.errors === undefined || page.errors.length === 0 ? 200 : 400,
      headers: PAGE_HEADERS,
      body: renderPage({ texts, name, menu, flash: device.flash() }, page),
    }
  }

  #redirect(path: string): HttpResponse {
    return { status: 302, headers: [`Location: http://${this.#options.host()}${path}`] }
  }
}

function plain(status: number, text: string): HttpResponse {
  return { status, body: [`${text}\n`] }
}
