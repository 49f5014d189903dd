import { JsonPieces } from '../decoders/json-pieces.js'
import { DATA_CHARACTERISTIC } from '../decoders/notifications.js'
import { Vw1871Parser } from '../modules/ble/vw1871.js'
import { fromHex, toHex } from '../modules/codec/hex.js'
import { UsageError } from './errors.js'
import type { LineOutput, LineReader } from './line-output.js'

interface Members {
  readonly [name: string]: unknown
}

/**
 * Takes a concentrator's recorded notifications apart. A line of input is a session, which gives a line of output, or one
 * notification of a session that goes on, which gives a line when items end with it. Keeps one notification of a line of
 * more than a megabyte, and no more of a session that goes on for years.
 */
export class SessionLines implements LineReader {
  #output: LineOutput
  #number = 0
  #items: string[] = []
  #parser = this.#newParser()
  /** The session that comes in parts. */
  #long: JsonPieces | undefined
  #count = 0
  #isInList = false
  #hasItem = false
  #resyncs = 0

  constructor(output: LineOutput) {
    this.#output = output
  }

  push(line: string): void {
    this.#number++
    if (line.trim() === '') return
    const json = this.#parse(line)
    if (json.notifications === undefined && json.characteristic !== undefined) {
      this.#take(json, 1)
      return this.#tell()
    }
    const { notifications } = json
    if (!Array.isArray(notifications)) throw this.#wrong('expected {"notifications":[...]}')
    this.end()
    for (const [i, notification] of notifications.entries()) this.#take(notification ?? {}, i + 1)
    this.#idle()
    this.#output.line(`{"items":[${this.#items.splice(0)}],"resync":${this.#parser.resyncs}}`)
    this.#parser = this.#newParser()
    this.#resyncs = 0
  }

  pushPart(part: string, isLast: boolean): void {
    if (this.#long === undefined) this.#begin()
    this.#long!.push(part)
    this.#tellPart()
    if (!isLast) return
    if (!this.#isInList || !this.#long!.isComplete) throw this.#wrong('expected {"notifications":[...]}')
    this.#idle()
    this.#tellPart()
    this.#output.text(`],"resync":${this.#parser.resyncs}}\n`)
    this.#long = undefined
    this.#parser = this.#newParser()
  }

  /** Tells what the end of a session completes: a record that was cut may hide a whole one. */
  end(): void {
    this.#idle()
    this.#tell()
    this.#parser = this.#newParser()
    this.#resyncs = 0
  }

  #begin(): void {
    this.#number++
    this.end()
    this.#count = 0
    this.#isInList = false
    this.#hasItem = false
    this.#output.text('{"items":[')
    this.#long = new JsonPieces((text) => {
      const piece: unknown = JSON.parse(text)
      if (piece === 'notifications') this.#isInList = true
      else if (this.#isInList && typeof piece === 'object') this.#take(piece as Members, ++this.#count)
    })
  }

  #tell(): void {
    const resync = this.#parser.resyncs - this.#resyncs
    this.#resyncs += resync
    if (this.#items.length > 0 || resync > 0)
      this.#output.line(`{"items":[${this.#items.splice(0)}],"resync":${resync}}`)
  }

  #tellPart(): void {
    if (this.#items.length === 0) return
    this.#output.text(`${this.#hasItem ? ',' : ''}${this.#items.splice(0)}`)
    this.#hasItem = true
  }

  #take({ characteristic, hex }: Members, index: number): void {
    if (typeof characteristic !== 'string') throw this.#wrong(`notification ${index}: no characteristic`)
    const bytes = typeof hex === 'string' ? fromHex(hex) : undefined
    if (bytes === undefined) throw this.#wrong(`notification ${index}: expected hex digits, two a byte`)
    if (DATA_CHARACTERISTIC.test(characteristic)) this.#parser.push(bytes)
  }

  #idle(): void {
    while (this.#parser.waiting) this.#parser.idle()
  }

  #parse(line: string): Members {
    try {
      return (JSON.parse(line) as Members | null) ?? {}
    } catch (error) {
      throw this.#wrong((error as Error).message)
    }
  }

  #wrong(problem: string): UsageError {
    return new UsageError(`line ${this.#number}: ${problem}`)
  }

  #newParser(): Vw1871Parser {
    const add = (item: object) => this.#items.push(JSON.stringify(item))
    return new Vw1871Parser({
      onRecord: (record) => {
        const { serial, clock, rssi } = record
        add({ kind: 'telegram', serial, clock, rssi, frame_hex: toHex(record.frame()).toUpperCase() })
      },
      onBattery: (millivolt) => add({ kind: 'battery', millivolt }),
      onText: (text) => add({ kind: 'text', text }),
    })
  }
}
