import type { PageRequest, PageResponse, WorldState } from '../world/protocol.js'
import { byId, make, timeOfDay, write } from './dom.js'
import { PhonePage } from './phone-page.js'

interface PhoneOptions {
  /** Begins with a device as it leaves the factory. */
  startFresh(): void
  join(joins: boolean): void
  ask(request: PageRequest): Promise<PageResponse | undefined>
}

/** Redirects that a browser follows. */
const MOST_REDIRECTS = 5

/** A phone beside the board: it joins the device's network, and its browser shows the pages that the firmware serves. */
export class Phone {
  #options: PhoneOptions
  #page: PhonePage
  #network = ''
  #isJoined = false
  #path = '/'
  /** Of the device: the language that was chosen. */
  #cookie = ''
  /** Which request is the last one; an answer to another is late. */
  #request = 0

  constructor(options: PhoneOptions) {
    this.#options = options
    this.#page = new PhonePage(byId<HTMLIFrameElement>('phone-frame'), {
      go: (method, path, body) => void this.#go(method, path, body),
      ask: async (path) => (await options.ask(this.#ask('GET', path, '')))?.body,
    })
    byId('phone-fresh').addEventListener('click', () => options.startFresh())
    byId('phone-leave').addEventListener('click', () => options.join(false))
    byId('phone-reload').addEventListener('click', () => void this.#go('GET', this.#path, ''))
  }

  show({ accessPoint = '', phoneJoined, began, now, isOn }: WorldState): void {
    write(byId('phone-clock'), timeOfDay(began + now).slice(0, 5))
    if (accessPoint !== this.#network) this.#showNetwork(accessPoint)
    if (phoneJoined !== this.#isJoined) this.#showJoined(phoneJoined)
    if (accessPoint !== '') return
    write(
      byId('phone-say'),
      isOn
        ? 'No network of a device in range. It is there for 2 minutes after power-on, and for as long as no network is set up.'
        : 'No network in range: the device has no power.',
    )
  }

  #showNetwork(network: string): void {
    this.#network = network
    byId('phone-networks').replaceChildren()
    byId('phone-fresh').hidden = network !== ''
    if (network === '') return
    const button = make('button', '', `Join ${network}`)
    button.type = 'button'
    button.addEventListener('click', () => this.#options.join(true))
    byId('phone-networks').append(make('li', '', button))
    write(
      byId('phone-say'),
      'Its password is on the label of the device, and this phone has read that. Time runs at 1 × while the phone is in the network.',
    )
  }

  #showJoined(isJoined: boolean): void {
    const hadFocus = byId('phone-panel').contains(document.activeElement)
    this.#isJoined = isJoined
    byId('phone-page').hidden = !isJoined
    byId('phone-wifi').hidden = isJoined
    write(byId('phone-network'), isJoined ? this.#network : 'no Wi-Fi')
    if (isJoined) void this.#go('GET', '/', '')
    else this.#page.clear()
    if (hadFocus) (isJoined ? byId('phone-reload') : byId('phone-title')).focus()
  }

  #ask(method: PageRequest['method'], path: string, body: string): PageRequest {
    return { method, path, body, cookie: this.#cookie, language: navigator.language }
  }

  async #go(method: PageRequest['method'], path: string, body: string): Promise<void> {
    const request = ++this.#request
    let asked = this.#ask(method, path, body)
    for (let i = 0; i < MOST_REDIRECTS; i++) {
      const response = await this.#options.ask(asked)
      if (request !== this.#request || !this.#isJoined) return
      if (response === undefined) return this.#page.say('The device does not answer.')
      if (response.cookie !== '') this.#cookie = response.cookie
      if (response.location === '') {
        this.#path = asked.path
        write(byId('phone-address'), `192.168.4.1${asked.path}`)
        return this.#page.show(response.body, asked.path)
      }
      asked = this.#ask('GET', response.location, '')
    }
  }
}
