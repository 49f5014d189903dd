import type { MessageItem, PacketItem } from '../world/protocol.js'
import { detailOf } from './byte-view.js'
import { byId, make, prepend, timeOfDay, write } from './dom.js'

const MOST_MESSAGES = 120
const MOST_PACKETS = 80

/** The list of messages, the bytes of the one that is looked at, and the packets that carry them. */
export class Messages {
  #list = byId('message-list')
  #packets = byId('packet-list')
  #detail = byId('detail')
  #follow = byId('follow')
  #chosen: HTMLElement | undefined
  /** Unix ms of the world's beginning. */
  #began = 0
  #newest: MessageItem | undefined

  constructor() {
    this.#follow.addEventListener('click', () => this.#setFollowing(!this.#isFollowing))
  }

  clear(began: number): void {
    this.#began = began
    this.#list.replaceChildren()
    this.#packets.replaceChildren()
    this.#detail.replaceChildren(make('p', 'say', 'Nothing was sent yet.'))
    this.#setFollowing(true)
  }

  add(items: readonly MessageItem[]): void {
    // More than the list keeps would be made for nothing.
    for (const item of items.slice(-MOST_MESSAGES)) {
      const name = item.way === 'up' ? `↑ ${item.kind}` : `↓ ${item.kind} ${item.text}`
      const shown = item.way === 'up' ? (item.text ?? '') : 'command, sealed by you'
      const time = make('time', '', timeOfDay(this.#began + item.at))
      const button = make('button', `message ${item.way}`, time, make('b', '', name), make('span', 'text', shown))
      button.type = 'button'
      button.addEventListener('click', () => {
        this.#setFollowing(false)
        this.#choose(button, item)
      })
      prepend(this.#list, make('li', '', button), MOST_MESSAGES)
      this.#newest = item
    }
    if (items.length > 0 && this.#isFollowing) this.#showNewest()
  }

  addPackets(items: readonly PacketItem[]): void {
    for (const { at, way, name, detail } of items.slice(-MOST_PACKETS)) {
      const time = make('time', '', new Date(this.#began + at).toISOString().slice(11, 23))
      const entry = make('li', way, time, way === 'up' ? ' ↑ ' : ' ↓ ', make('b', '', name), ` ${detail}`)
      prepend(this.#packets, entry, MOST_PACKETS)
    }
  }

  get #isFollowing(): boolean {
    return this.#follow.getAttribute('aria-pressed') === 'true'
  }

  #setFollowing(follows: boolean): void {
    this.#follow.setAttribute('aria-pressed', String(follows))
    write(this.#follow, follows ? 'Follows the newest' : 'Follow the newest')
    if (follows) this.#showNewest()
  }

  #showNewest(): void {
    const button = this.#list.querySelector('button')
    if (button !== null && this.#newest !== undefined) this.#choose(button, this.#newest)
  }

  #choose(button: HTMLElement, item: MessageItem): void {
    this.#chosen?.removeAttribute('aria-current')
    this.#chosen = button
    button.setAttribute('aria-current', 'true')
    this.#detail.replaceChildren(...detailOf(item))
  }
}
