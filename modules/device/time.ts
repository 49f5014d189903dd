import SNTP from 'sntp'
import type { QueryTime } from '../ports/time.js'
import { parseSntp } from '../time/sntp.js'

/** The SDK's class inherits this from its socket; its typings leave it out. */
interface Socket {
  read(type: ArrayBufferConstructor): ArrayBuffer
  close(): void
}

/** The socket's message that a datagram is there. */
const READABLE = 2

/**
 * One exchange with a time server. The SDK's class asks; the answer is read here, since the SDK passes on no more than
 * the lowest 32 bits of unix seconds (modules/network/sntp/modsntp.c), and nothing of whether the server knows the time.
 */
class Exchange extends SNTP {
  #resolve: (unix: number | undefined) => void

  constructor(host: string, resolve: (unix: number | undefined) => void) {
    super({ host }, (message) => {
      // The class asks again after 5 s, which counts as no answer here.
      if (message === SNTP.retry) this.#end(undefined)
      else resolve(undefined)
    })
    this.#resolve = resolve
  }

  /** In place of the SDK's own; called by its socket. */
  callback(message: number, length?: number): void {
    if (message !== READABLE || !length) return
    this.#end(parseSntp(new Uint8Array((this as unknown as Socket).read(ArrayBuffer))))
  }

  #end(unix: number | undefined): void {
    ;(this as unknown as Socket).close()
    this.#resolve(unix)
  }
}

export const querySntp: QueryTime = (server) =>
  new Promise((resolve) => {
    try {
      new Exchange(server, resolve)
    } catch {
      resolve(undefined)
    }
  })
