import { make } from './dom.js'

interface PhonePageOptions {
  /** Somebody follows a link or sends a form. */
  go(method: 'GET' | 'POST', path: string, body: string): void
  /** The text at a path; undefined where nobody answers. */
  ask(path: string): Promise<string | undefined>
}

/** ms between two looks whether what a page waits for has come. */
const PAUSE = 1_000

/**
 * The browser's window of the phone: a page of the firmware in a frame without scripts, which reaches no network. Links and
 * forms lead back to the firmware, and the few things that the page's own script does are done from outside.
 */
export class PhonePage {
  #frame: HTMLIFrameElement
  #options: PhonePageOptions
  #path = '/'
  #timer: number | undefined

  constructor(frame: HTMLIFrameElement, options: PhonePageOptions) {
    this.#frame = frame
    this.#options = options
  }

  /** Shows a page of the firmware. */
  show(html: string, path: string): void {
    // The policy of this page forbids styles that stand in a text, and also of who only parses them.
    let style = ''
    const bare = html.replace(/<style>([\s\S]*?)<\/style>/g, (_, text: string) => {
      style += text
      return ''
    })
    const page = new DOMParser().parseFromString(bare, 'text/html')
    for (const one of page.querySelectorAll('script, style, meta, link, base')) one.remove()
    this.#path = path
    this.#put(page.documentElement, style)
    this.#onPasswords()
    this.#wait()
  }

  /** Shows words of the phone itself. */
  say(words: string): void {
    const body = make('body', '', make('main', '', make('p', '', words)))
    this.#put(
      make('html', '', make('head', '', make('title', '', words)), body),
      'body{font:1rem/1.45 system-ui,sans-serif;padding:1rem}:root{color-scheme:light dark}',
    )
  }

  clear(): void {
    this.say('')
  }

  #put(root: Element, style: string): void {
    clearTimeout(this.#timer)
    const { contentDocument, contentWindow } = this.#frame
    if (contentDocument === null || contentWindow === null) return
    contentDocument.documentElement.replaceWith(contentDocument.adoptNode(root))
    const sheet = new (contentWindow as Window & typeof globalThis).CSSStyleSheet()
    sheet.replaceSync(style)
    contentDocument.adoptedStyleSheets = [sheet]
    contentDocument.onclick = (event) => this.#onClick(event)
    contentDocument.onsubmit = (event) => this.#onSubmit(event)
    contentWindow.scrollTo(0, 0)
  }

  #onClick(event: MouseEvent): void {
    const link = closest(event.target, 'a[href]')
    if (link === undefined) return
    event.preventDefault()
    const to = link.getAttribute('href') ?? ''
    if (to.startsWith('#')) this.#frame.contentDocument?.getElementById(to.slice(1))?.focus()
    else this.#options.go('GET', to.replace(/^http:\/\/[^/]+/, ''), '')
  }

  #onSubmit(event: SubmitEvent): void {
    event.preventDefault()
    const form = event.target as HTMLFormElement
    const fields = [...new FormData(form, event.submitter)].filter(
      (field): field is [string, string] => typeof field[1] === 'string',
    )
    const body = new URLSearchParams(fields).toString()
    const path = form.getAttribute('action') ?? this.#path
    if ((form.getAttribute('method') ?? 'get').toLowerCase() === 'post') this.#options.go('POST', path, body)
    else this.#options.go('GET', `${path.split('?')[0]}?${body}`, '')
  }

  /** The switch that shows passwords while they are typed. */
  #onPasswords(): void {
    const show = this.#frame.contentDocument?.getElementById('show') as HTMLInputElement | null | undefined
    if (!show?.parentElement) return
    show.parentElement.hidden = false
    show.onchange = () => {
      const inputs =
        this.#frame.contentDocument?.querySelectorAll<HTMLInputElement>('[autocomplete=new-password]') ?? []
      for (const input of inputs) input.type = show.checked ? 'text' : 'password'
    }
  }

  /** Looks whether what the page waits for has come, and loads it again then. */
  #wait(): void {
    const to = this.#frame.contentDocument?.querySelector('[data-wait]')?.getAttribute('data-wait')
    if (!to) return
    this.#timer = window.setTimeout(async () => {
      const path = this.#path
      const timer = this.#timer
      const text = await this.#options.ask(to)
      if (timer !== this.#timer) return
      if (text === undefined || text.includes('"inProgress":"1"')) this.#wait()
      else this.#options.go('GET', path, '')
    }, PAUSE)
  }
}

/** The nearest element around the target. It is of the frame's own realm. */
function closest(target: EventTarget | null, selector: string): Element | undefined {
  return (target as Element | null)?.closest?.(selector) ?? undefined
}
