// node only
import { deepEqual, ok } from 'node:assert/strict'
import { fromHex } from '../../modules/codec/hex.js'
import { RadioMeter } from '../../modules/radio/radio-meter.js'
import { RadioMeterState } from '../../modules/radio/state.js'
import { Signatures } from '../../modules/wmbus/signatures.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { seededRandom } from '../../twin/random.js'
import { parts } from '../support/parts.js'
import { AirMeter, forged, payloadOf, QUICK, type Sent, waterRecords } from './air.js'

const KEY = new Uint8Array(16)
const ID = '12345678'
const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Litres a minute that a water meter can count, and what a total may be off by before any time has passed. */
const RATE = 417
const AT_ONCE = 2 * (RATE + 200)
/** The longest pause between two telegrams that come through. */
const PAUSE = 4 * MINUTE
const HEADER = fromHex('02ff2004134413a1015b8101e7ff0f')!

const GAMES = 300

/** A device in a cellar with bad reception, its meter, and somebody between them who has no key. */
class Game {
  readonly air = new AirMeter(KEY, QUICK, ID)
  readonly random: () => number
  now = 0
  believed: number | undefined
  /** Whether what was heard last is believed. */
  isFresh = false
  #storage = new MemoryStorage()
  #device: RadioMeter
  #recorded: Sent[] = []
  #delayed: Uint8Array[] = []
  #clock = 0
  #thirst: number

  constructor(seed: number) {
    this.random = seededRandom(seed)
    this.#thirst = this.random() ** 3 * 60
    this.air.litres = Math.floor(this.random() ** 4 * 10_000_000)
    const signatures = new Signatures()
    signatures.learn(HEADER)
    const last = { sessionNumber: ((1 << 29) | ((this.air.minute - 1) << 4)) >>> 0, total: this.air.litres }
    new RadioMeterState(this.#storage, ID).write(last, signatures.toBytes())
    this.#device = this.boot()
  }

  boot(): RadioMeter {
    this.#device = new RadioMeter(
      { id: ID, key: KEY },
      { storage: this.#storage, crypto: QUICK, onReading() {}, onInfo() {} },
    )
    return this.#device
  }

  powerCut(): void {
    this.#device.save()
    this.boot()
  }

  below(limit: number): number {
    return Math.floor(this.random() * limit)
  }

  /** Some time passes; the meter sends. */
  next(): Sent {
    this.#pass(16_000 + this.below(PAUSE - 16_000))
    const sent = this.air.send()
    if (this.#recorded.length < 200) this.#recorded.push(sent)
    else this.#recorded[this.below(200)] = sent
    return sent
  }

  silence(ms: number): void {
    this.#pass(ms)
  }

  hear(frame: Uint8Array): void {
    this.#device.receive(frame, this.now)
    const last = this.#device.lastReading
    this.isFresh = last?.at === this.now
    if (last !== undefined) this.believed = Math.round(Number(last.reading.quantities.v1!.value) * 1000)
  }

  /** What somebody does with a telegram that nobody else has heard. */
  attack(sent: Sent, wish: (litres: number) => number): void {
    const action = this.below(10)
    const { litres } = this.air
    if (action <= 4) this.hear(forged(sent, payloadOf(waterRecords(wish(litres)), sent.plain.length < 24)))
    else if (action === 5) this.hear(this.#recorded[this.below(this.#recorded.length)]!.frame)
    else if (action === 6) this.#delayed.push(sent.frame)
    else if (action === 7) this.hear(this.#delayed.shift() ?? Uint8Array.from(sent.frame, () => this.below(256)))
    else if (action === 8) {
      const length = sent.plain.length
      if (length >= 24) this.hear(forged(sent, payloadOf([['0413', '00000000']], false)))
      else this.hear(forged(sent, payloadOf(waterRecords(wish(litres)).slice(0, 3), true)))
    }
  }

  #pass(ms: number): void {
    this.now += ms
    this.#clock += ms
    this.air.minute += Math.floor(this.#clock / MINUTE)
    this.#clock %= MINUTE
    // No more than 1 m3/h, so that what is used meanwhile is not what the game is about.
    this.air.litres += Math.floor((this.random() * 2 * this.#thirst * 0.25 * ms) / MINUTE)
  }
}

/** What the attacker would like the total to be. */
function wishes(game: Game): (litres: number) => number {
  const kind = game.below(5)
  const bit = 1 << game.below(26)
  const start = game.now
  if (kind === 0) return (litres) => (litres ^ bit) >>> 0
  if (kind === 1) return () => 0
  if (kind === 2) return (litres) => litres + Math.floor(((game.now - start) / MINUTE + 1) * RATE)
  if (kind === 3) return (litres) => Math.max(0, litres - Math.floor(((game.now - start) / MINUTE) * RATE))
  return () => game.below(2 ** 32)
}

describe('somebody without the key', () => {
  for (const { part, name } of parts(20)) {
    it(`moves the total no faster than the meter can count, and not for long, in ${GAMES} games, ${name}`, () => {
      const wrong: string[] = []
      let moved = 0
      for (let seed = part * GAMES; seed < (part + 1) * GAMES; seed++) {
        const game = new Game(seed + 1)
        for (let i = 0; i < 10; i++) game.hear(game.next().frame)
        for (let window = 0; window < 3; window++) {
          const from = game.now
          const wish = wishes(game)
          const heardToo = game.random() < 0.4 ? game.random() : 0
          const until = game.now + game.random() ** 2 * 6 * HOUR
          const check = (what: string) => {
            const off = Math.abs(game.believed! - game.air.litres)
            moved = Math.max(moved, off)
            const most = AT_ONCE + (RATE * (game.now - from + PAUSE)) / MINUTE
            if (off > most) wrong.push(`game ${seed}, ${what}: off by ${off} l, at most ${most}`)
          }
          while (game.now < until) {
            const sent = game.next()
            if (game.random() < heardToo) game.hear(sent.frame)
            else game.attack(sent, wish)
            check('under attack')
          }
          // As long again and an hour: then the meter is believed.
          const healed = game.now + (game.now - from) + HOUR + 5 * PAUSE
          while (game.now < healed) {
            game.hear(game.next().frame)
            if (game.isFresh && game.believed === game.air.litres) break
          }
          if (game.believed !== game.air.litres) wrong.push(`game ${seed}: ${game.believed}, not ${game.air.litres}`)
          if (game.random() < 0.3) game.powerCut()
        }
      }
      deepEqual(wrong.slice(0, 5), [])
      ok(moved > 20_000, `the attackers moved it by ${moved} l at most: they did not try`)
    })

    it(`and an honest meter is believed in time, in ${GAMES} games, ${name}`, () => {
      const wrong: string[] = []
      for (let seed = part * GAMES; seed < (part + 1) * GAMES; seed++) {
        const game = new Game(seed + 1)
        for (let i = 0; i < 10; i++) game.hear(game.next().frame)
        for (let event = 0; event < 4; event++) {
          let within = 0
          const kind = game.below(5)
          if (kind === 0) game.air.minute = game.below(2 ** 24)
          if (kind <= 1) within = HOUR + 5 * PAUSE
          if (kind === 1) game.air.minute = game.below(1_000)
          if (kind === 2) game.silence(game.below(60 * 24) * HOUR)
          if (kind === 3) game.powerCut()
          if (kind === 4) {
            within = Math.min(24 * HOUR, (game.air.litres / RATE + 1) * MINUTE) + 5 * PAUSE
            game.air.litres = 0
          }
          const until = game.now + within
          do game.hear(game.next().frame)
          while (game.now < until && !game.isFresh)
          if (!game.isFresh || game.believed !== game.air.litres)
            wrong.push(`game ${seed}, event ${kind}: not after ${within} ms`)
        }
      }
      deepEqual(wrong.slice(0, 5), [])
    })
  }
})
