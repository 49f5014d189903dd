/// <reference path="./globals.d.ts" />
import { xs_sntp_packet, xs_sntp_toNumber } from 'board/natives'
import Net from './net.js'
import { Socket } from './socket.js'
import Timer from './timer.js'

/*
 * MOD/modules/network/sntp/sntp.js, modsntp.c: asks again every 5 s, tells an error after the fifth time without an
 * answer, and takes the seconds as int32. Whoever sends from anywhere is believed.
 */

const PAUSE = 5_000
const TRIES = 5

type Callback = (message: number, value?: number | string) => unknown

export default class SNTP extends Socket {
  static time = 1
  static retry = 2
  static override error = -1

  #callback: Callback
  #timer: Timer | undefined
  #tries = TRIES
  #address: string | undefined

  constructor(options: { readonly host: string }, callback: Callback) {
    super({ kind: 'UDP' })
    this.#callback = callback
    this.#timer = Timer.repeat(() => this.#again(), PAUSE)
    this.#start(options.host)
  }

  override close(): void {
    Timer.clear(this.#timer)
    this.#timer = undefined
    super.close()
  }

  callback(message: number, size: number): void {
    if (message !== Socket.readable) return
    if (size !== 48) return this.#fail('unexpected SNTP packet length')
    if (((this.read(Number) as number) & 7) !== 4) return this.#fail('unexpected SNTP packet first byte')
    if (this.read(Number) === 0) {
      // A kiss of death counts as no answer.
      this.read(null)
      return
    }
    this.read(null, 38)
    const bytes = Array.from({ length: 4 }, () => this.read(Number) as number)
    this.close()
    this.#callback(SNTP.time, xs_sntp_toNumber(...bytes))
  }

  #start(host: string): void {
    this.#tries = TRIES
    Net.resolve(host, (_host, address) => {
      if (this.#timer === undefined) return
      if (!address) return this.#fail(`cannot resolve ${host}`)
      this.#address = address
      this.#ask()
      this.#restart()
    })
  }

  #again(): void {
    if (--this.#tries === 0) return this.#fail('no response from SNTP server')
    this.#ask()
    this.#callback(SNTP.retry)
  }

  #restart(): void {
    Timer.schedule(this.#timer!, PAUSE, PAUSE)
  }

  #ask(): void {
    if (this.#address === undefined) return
    try {
      this.write(this.#address, 123, xs_sntp_packet())
    } catch {
      trace('SNTP: a packet could not be sent\n')
    }
  }

  #fail(reason: string): void {
    if (this.read()) this.read(null)
    const host = this.#callback(SNTP.error, reason)
    if (!host) return this.close()
    this.#restart()
    this.#start(String(host))
  }
}
