import { encodeUtf8 } from '../codec/utf8.js'
import { AccessSection } from './access-section.js'
import type { PortalDevice } from './device.js'
import { DeviceSection } from './device-section.js'
import { DiagnosisSection } from './diagnosis-section.js'
import { parseForm } from './form.js'
import { html } from './html.js'
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

  constructor(options: PortalSiteOptions) {
    const { device, update } = options
    this.#options = options
    const hasWater = device.state().waterMeters !== undefined
    this.#sections = [
      new WifiSection(device),
      new MeterSection(device),
      ...(hasWater ? [new WaterSection(device)] : []),
      new AccessSection(device),
      new DeviceSection(device, update),
      new DiagnosisSection(device),
    ]
  }

  respond(request: HttpRequest): HttpResponse | LaterResponse {
    const { method, path, host } = request
    const texts = textsOf(request.chosenLanguage) ?? languageOf(request.acceptLanguage)
    const isOurs = host === '' || host === this.#options.host()
    if (method === 'GET' || method === 'HEAD') {
      // Phones and computers probe other hosts to find out whether they are on the Internet.
      if (!isOurs) return this.#redirect('/')
      const query = parseForm(encodeUtf8(request.query))
      const chosen = textsOf(query.get('lang') ?? '')
      const shown = chosen ?? texts
      return this.#response(shown, (section) => section.get(path, query, shown), chosen)
    }
    if (method !== 'POST') return plain(405, 'GET, HEAD, POST')
    if (!isOurs || !isSameSite(request)) return wayBack(403, texts, texts.refused)
    const type = request.contentType.split(';')[0]!.trim().toLowerCase()
    if (type === FILE_TYPE) {
      this.#options.onActivity()
      const query = parseForm(encodeUtf8(request.query))
      return this.#response(texts, (section) => section.take?.(path, query, request.body))
    }
    if (type !== '' && type !== FORM_TYPE) return plain(415, FORM_TYPE)
    const form = parseForm(request.body)
    const checked = textsOf(form.get('check') ?? '')
    const chosen = checked ?? textsOf(form.get('lang') ?? '')
    const again = chosen && (checked ? 'checked' : 'typed')
    const shown = chosen ?? texts
    return this.#response(shown, (section) => section.post?.(path, form, shown, again), chosen)
  }

  /** @param chosen the language that the visitor has just chosen, which goes into a cookie */
  #response(
    texts: Texts,
    ask: (section: Section) => Answer | LaterAnswer | undefined,
    chosen?: Texts,
  ): HttpResponse | LaterResponse {
    for (const section of this.#sections) {
      const answer = ask(section)
      if (typeof answer === 'function') return () => this.#responseOf(answer(), texts, chosen)
      if (answer !== undefined) return this.#responseOf(answer, texts, chosen)
    }
    return wayBack(404, texts, texts.notFound)
  }

  #responseOf(answer: Answer, texts: Texts, chosen: Texts | undefined): HttpResponse {
    const cookie =
      chosen === undefined ? [] : [`Set-Cookie: lang=${chosen.code}; Path=/; Max-Age=31536000; SameSite=Lax`]
    if ('to' in answer) return this.#redirect(answer.to, cookie)
    if ('json' in answer) return { status: 200, headers: ['Content-Type: text/json'], body: answer.json }
    const { page } = answer
    const { device, name, onActivity } = this.#options
    onActivity()
    const menu = this.#sections.map((section) => [section.path, section.title(texts)] as const)
    return {
      status: page.errors === undefined || page.errors.length === 0 ? 200 : 400,
      headers: [...PAGE_HEADERS, ...cookie],
      body: renderPage({ texts, name, menu, flash: device.flash() }, page),
    }
  }

  #redirect(path: string, cookie: readonly string[] = []): HttpResponse {
    return { status: 302, headers: [`Location: http://${this.#options.host()}${path}`, ...cookie] }
  }
}

/** A small page, because browsers also ask for what nobody looks at, such as an icon. */
function wayBack(status: number, { code, back }: Texts, text: string): HttpResponse {
  return {
    status,
    headers: PAGE_HEADERS,
    body: [
      html('<!doctype html>\n<html lang="', code, '">\n<meta charset="utf-8">\n<meta name="color-scheme" content="'),
      html('light dark">\n<meta name="viewport" content="width=device-width">\n<title>', text, '</title>\n'),
      html(
        '<style>body{margin:0 auto;max-width:34rem;padding:0 1rem;font:1rem/1.45 system-ui,sans-serif;color:#1a1d21;',
      ),
      html('background:#fff}h1{font-size:1.5rem}a{color:#0b57a4}@media(prefers-color-scheme:dark){body{color:#e9ebee;'),
      html('background:#14171a}a{color:#8cbcf7}}</style>\n<main>'),
      html('<h1>', text, '</h1>\n<p><a href="/">', back, '</a></p></main>\n'),
    ],
  }
}

function plain(status: number, text: string): HttpResponse {
  return { status, body: [`${text}\n`] }
}
