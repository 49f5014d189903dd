import { byId, make } from '../../page/dom.js'
import { watchLog } from '../log.js'
import { say } from './say.js'

/** Lines that are kept. */
const MOST = 500

/** The board's console, while it is watched. */
export class Console {
  #stop: AbortController | undefined
  #ended: Promise<void> = Promise.resolve()

  /** Watches a board until somebody stops it, or the cable comes out. */
  watch(port: SerialPort): void {
    const stop = new AbortController()
    this.#stop = stop
    byId('log').replaceChildren()
    say('log-problem', undefined)
    byId('watch').textContent = 'Stop watching'
    this.#ended = watchLog(port, append, stop.signal).then((result) => {
      this.#stop = undefined
      byId('watch').textContent = 'Watch'
      say('log-problem', result.ok ? undefined : result.error)
    })
  }

  get isWatching(): boolean {
    return this.#stop !== undefined
  }

  /** Lets go of the port. */
  async stop(): Promise<void> {
    this.#stop?.abort()
    await this.#ended
  }
}

function append(line: string): void {
  const log = byId('log')
  const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 8
  log.append(make('li', '', line))
  while (log.childElementCount > MOST) log.firstElementChild?.remove()
  if (isAtEnd) log.scrollTop = log.scrollHeight
}
