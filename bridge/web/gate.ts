import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
import { isLocalName } from '../loopback.js'

/** Wrong passwords of an address before it has to wait. */
const FREE_ATTEMPTS = 10
/** ms between two attempts after that. */
const WAIT = 60_000
/** Addresses that are remembered; the one that was wrong first is forgotten first. */
const MOST_ADDRESSES = 1_000

export interface Refusal {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, string>>
}

export interface GateOptions {
  /** Undefined where nobody is asked for one. */
  readonly password: string | undefined
  /** Whether only this computer reaches the server. */
  readonly isLoopback: boolean
  /** ms; never goes back. */
  now(): number
}

/** Lets in who may see the pages. */
export class Gate {
  #options: GateOptions
  #password: Buffer | undefined
  #wrong = new Map<string, { count: number; until: number }>()

  constructor(options: GateOptions) {
    this.#options = options
    this.#password = options.password === undefined ? undefined : hash(options.password)
  }

  /** Why a request is refused; undefined where it is not. */
  refusal(request: IncomingMessage): Refusal | undefined {
    // The name of another site that leads to this computer: its script would read the pages in a browser here.
    if (this.#options.isLoopback && !isLocalName(request.headers.host ?? ''))
      return { status: 403, text: 'These pages are for this computer alone, by the name localhost.', headers: {} }
    return this.#password === undefined ? undefined : this.#unlocked(request, this.#password)
  }

  #unlocked(request: IncomingMessage, password: Buffer): Refusal | undefined {
    const given = passwordOf(request.headers.authorization)
    if (given === undefined) return UNKNOWN
    const address = networkOf(request.socket.remoteAddress ?? '')
    const now = this.#options.now()
    const wrong = this.#wrong.get(address) ?? { count: 0, until: 0 }
    if (now < wrong.until) {
      const seconds = String(Math.ceil((wrong.until - now) / 1000))
      return { status: 429, text: 'Too many wrong passwords. Wait a minute.', headers: { 'retry-after': seconds } }
    }
    if (timingSafeEqual(hash(given), password)) {
      this.#wrong.delete(address)
      return undefined
    }
    const count = wrong.count + 1
    this.#wrong.set(address, { count, until: count < FREE_ATTEMPTS ? 0 : now + WAIT })
    if (this.#wrong.size > MOST_ADDRESSES) this.#wrong.delete(this.#wrong.keys().next().value!)
    return UNKNOWN
  }
}

const UNKNOWN: Refusal = {
  status: 401,
  text: 'These pages need the password of --web-password-file. The user name does not matter.',
  headers: { 'www-authenticate': 'Basic realm="MeterLogger", charset="UTF-8"' },
}

/** The password of HTTP Basic, of whatever user. */
function passwordOf(authorization: string | undefined): string | undefined {
  const encoded = /^basic +([a-z0-9+/=]{1,1024})$/i.exec(authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  return text.includes(':') ? text.slice(text.indexOf(':') + 1) : undefined
}

/** Who has one address of IPv6 has all of its /64. */
function networkOf(address: string): string {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1]
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address
  const [front = '', back] = address.split('%')[0]!.split('::')
  const [left, right] = [front, back ?? ''].map((part) => part.split(':').filter((group) => group !== ''))
  const zeros = back === undefined ? 0 : 8 - left!.length - right!.length
  return [...left!, ...Array(zeros).fill('0'), ...right!].slice(0, 4).join(':')
}

/** Of one length, so that they can be compared in constant time. */
function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
