import type { TelegramRecord } from '../modules/ble/record.js'
import type { Clock, Timer } from '../modules/ports/clock.js'
import { counted } from './print.js'

interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

const INTERVAL = 1_000

/** More senders than this are not told apart. */
const MOST_METERS = 10_000

const CLEAR_LINE = '\r\u001b[K'

/** One line on a terminal that says how a recording goes, written anew each second; nothing elsewhere. */
export class Progress {
  #terminal: Terminal
  #clock: Clock
  #timer: Timer | undefined
  #telegrams = 0
  #meters = new Set<number>()
  #rssi: number | undefined
  #millivolt: number | undefined

  constructor(terminal: Terminal, clock: Clock) {
    this.#terminal = terminal
    this.#clock = clock
    if (terminal.isTTY) this.#tick()
  }

  telegram(record: TelegramRecord): void {
    this.#telegrams++
    this.#rssi = record.rssi
    if (this.#meters.size < MOST_METERS) this.#meters.add(record.meterId)
  }

  battery(millivolt: number): void {
    this.#millivolt = millivolt
  }

  /** Makes room for lines that somebody else writes. */
  interrupt(write: () => void): void {
    if (this.#timer !== undefined) this.#terminal.write(CLEAR_LINE)
    write()
    if (this.#timer !== undefined) this.#write()
  }

  /** Leaves the last line in place. */
  close(): void {
    if (this.#timer === undefined) return
    this.#clock.clear(this.#timer)
    this.#timer = undefined
    this.#write()
    this.#terminal.write('\n')
  }

  #tick(): void {
    this.#write()
    this.#timer = this.#clock.set(() => this.#tick(), INTERVAL)
  }

  #write(): void {
    const { size } = this.#meters
    const meters = size === MOST_METERS ? `${size} or more meters` : counted(size, 'meter')
    const rssi = this.#rssi === undefined ? '' : `, ${this.#rssi} dBm`
    const battery = this.#millivolt === undefined ? '' : `, battery ${this.#millivolt} mV`
    this.#terminal.write(`${CLEAR_LINE}${counted(this.#telegrams, 'telegram')}, ${meters}${rssi}${battery}`)
  }
}
