import type { Clock } from '../modules/ports/clock.js'
import type { QueryTime } from '../modules/ports/time.js'
import { parseSntp } from '../modules/time/sntp.js'

const ANSWER_TIME = 500
const TIMEOUT = 5_000

const SERVER = 0x24
const STRATUM = 2
/** Seconds from 1900-01-01 to 1970-01-01. */
const UNIX_EPOCH = 2_208_988_800

/** Time servers whose clock was right when the twin started and runs as fast as the twin's. */
export class SimulatedTime {
  /** Nobody answers. */
  silent = false
  #clock: Clock
  #start: number
  #unixAtStart: number

  constructor(clock: Clock, unixAtStart: number) {
    this.#clock = clock
    this.#start = clock.now()
    this.#unixAtStart = unixAtStart
  }

  readonly query: QueryTime = () => {
    const { silent } = this
    return new Promise((resolve) => {
      this.#clock.set(
        () => resolve(silent ? undefined : parseSntp(answer(this.#unixAtStart + this.#clock.now() - this.#start))),
        silent ? TIMEOUT : ANSWER_TIME,
      )
    })
  }
}

/** Writes a server's answer over SNTP. @param unix milliseconds */
function answer(unix: number): Uint8Array {
  const bytes = new Uint8Array(48)
  const view = new DataView(bytes.buffer)
  const seconds = Math.floor(unix / 1000)
  bytes.set([SERVER, STRATUM])
  view.setUint32(40, seconds + UNIX_EPOCH)
  view.setUint32(44, ((unix - seconds * 1000) / 1000) * 2 ** 32)
  return bytes
}
