import { Command } from 'commander'
import { readNotifications } from '../decoders/notifications.js'
import { Vw1871Parser } from '../modules/ble/vw1871.js'
import { fromHex } from '../modules/codec/hex.js'
import type { DiagnosedTelegram } from '../modules/wmbus/diagnose.js'
import { NegativeResult } from './errors.js'
import { fileText } from './lines.js'

/** A telegram of the file and its place there: line, or index in the JSON array. */
export interface Captured {
  readonly place: number
  readonly bytes: Uint8Array
}

interface MeterSummary {
  readonly manufacturer: string
  readonly id: string
  readonly version: number | null
  readonly type: number | null
  readonly telegrams: number
  /** Seconds between telegrams; null where too few were heard. */
  readonly period: number | null
  readonly full: number
  readonly compact: number
  /** The access numbers modulo 8 of the full frames. A healthy meter has one. */
  readonly fullAt: readonly number[]
  readonly results: { readonly [result: string]: number }
}

export interface Analysis {
  readonly meters: readonly MeterSummary[]
  readonly failed: readonly { readonly place: number; readonly id: string; readonly result: string }[]
}

interface Heard {
  readonly place: number
  readonly length: number
  readonly telegram: DiagnosedTelegram
}

/** Members of a JSON object that hold a telegram. */
const MEMBERS = ['telegram_hex', 'frame_hex', 'hex']
/** First byte of a concentrator's record; no telegram is as long as that. */
const RECORD_SYNC = 0xfb
/** Minutes in which the access number cannot wrap around at one telegram each 16 s. */
const MAX_GAP = 60

export function analyzeCommand(decoderOf: (options: object) => (bytes: Uint8Array) => DiagnosedTelegram): Command {
  return new Command('analyze')
    .description('meters heard in a capture file, how often, which frames are full, and which fail')
    .argument('<file>', 'hex lines, a JSON array of hex or of objects with it, or a recorded session of a VW1871')
    .option('--json', 'print JSON')
    .action((file: string, options: { readonly json?: boolean }) => {
      const captured = readCapture(fileText(file))
      if (captured.length === 0) throw new NegativeResult(`${file}: no telegram found`)
      const analysis = analyze(captured, decoderOf(options))
      process.stdout.write(options.json ? `${JSON.stringify(analysis)}\n` : report(analysis))
    })
}

/**
 * Reads the telegrams in the text of a capture file: a concentrator's session or records, or bare telegrams. Skips
 * lines that are neither JSON nor hexadecimal.
 */
export function readCapture(text: string): Captured[] {
  const session = readNotifications(text)
  const found: (string | undefined)[] =
    session.length > 0
      ? [session.map(({ hex }) => hex).join('')]
      : /^\s*\[/.test(text)
        ? JSON.parse(text).map(memberHex)
        : text.split('\n')
  const captured: Captured[] = []
  found.forEach((hex, i) => {
    const bytes = fromHex(hex?.replace(/\s+/g, '') ?? '')
    if (bytes === undefined || bytes.length === 0) return
    const frames = bytes[0] === RECORD_SYNC ? framesOf(bytes) : [bytes]
    for (const frame of frames) captured.push({ place: session.length > 0 ? captured.length + 1 : i + 1, bytes: frame })
  })
  return captured
}

function framesOf(stream: Uint8Array): Uint8Array[] {
  const frames: Uint8Array[] = []
  const parser = new Vw1871Parser({ onRecord: (record) => frames.push(record.frame()), onBattery() {} })
  parser.push(stream)
  while (parser.waiting) parser.idle()
  return frames
}

function memberHex(entry: unknown): string | undefined {
  if (typeof entry === 'string') return entry
  if (typeof entry !== 'object' || entry === null) return undefined
  const values = MEMBERS.map((name) => Reflect.get(entry, name))
  return values.find((value) => typeof value === 'string')
}

export function analyze(captured: readonly Captured[], decode: (bytes: Uint8Array) => DiagnosedTelegram): Analysis {
  const meters = new Map<string, Heard[]>()
  for (const { place, bytes } of captured) {
    const telegram = decode(bytes)
    const key = `${telegram.manufacturer} ${telegram.id}`
    const heard = meters.get(key)
    if (heard === undefined) meters.set(key, [{ place, length: bytes.length, telegram }])
    else heard.push({ place, length: bytes.length, telegram })
  }
  const heard = [...meters.values()]
  return {
    meters: heard.map(summary).sort((a, b) => b.telegrams - a.telegrams),
    failed: heard
      .flat()
      .filter(({ telegram }) => telegram.result !== 'ok' && telegram.result !== 'no-key')
      .map(({ place, telegram }) => ({ place, id: telegram.id, result: telegram.result }))
      .sort((a, b) => a.place - b.place),
  }
}

function summary(heard: readonly Heard[]): MeterSummary {
  const { manufacturer, id, version, type } = heard[0]!.telegram
  const kinds = frameKinds(heard)
  const full = heard.filter((_, i) => kinds[i] === 'full')
  const phases = full.map(({ telegram }) => telegram.accessNumber).filter((number) => number !== undefined)
  const results: { [result: string]: number } = {}
  for (const { telegram } of heard) results[telegram.result] = (results[telegram.result] ?? 0) + 1
  return {
    manufacturer,
    id,
    version: version ?? null,
    type: type ?? null,
    telegrams: heard.length,
    period: period(heard.map(({ telegram }) => telegram)),
    full: full.length,
    compact: kinds.filter((kind) => kind === 'compact').length,
    fullAt: [...new Set(phases.map((number) => number % 8))].sort(),
    results,
  }
}

/** Goes by content where a telegram could be decoded, otherwise by length if the meter sends two lengths. */
function frameKinds(heard: readonly Heard[]): ('full' | 'compact' | undefined)[] {
  const lengths = [...new Set(heard.filter(({ telegram }) => isWhole(telegram)).map(({ length }) => length))]
  const longer = lengths.length === 2 ? Math.max(...lengths) : undefined
  return heard.map(({ length, telegram }) => {
    if (telegram.result === 'ok') return telegram.isCompact ? 'compact' : 'full'
    if (telegram.result !== 'no-key' || longer === undefined) return undefined
    return length === longer ? 'full' : 'compact'
  })
}

function isWhole({ result }: DiagnosedTelegram): boolean {
  return result === 'ok' || result === 'no-key'
}

/** Computes the period from the minutes of the session number that passed for so many access numbers. */
function period(telegrams: readonly DiagnosedTelegram[]): number | null {
  let minutes = 0
  let count = 0
  const whole = telegrams.filter((telegram) => isWhole(telegram) && telegram.sessionNumber !== undefined)
  whole.slice(1).forEach((telegram, i) => {
    const before = whole[i]!
    const passed = minute(telegram) - minute(before)
    if (passed < 0 || passed > MAX_GAP) return
    minutes += passed
    count += (telegram.accessNumber! - before.accessNumber!) & 0xff
  })
  return count > 0 && minutes > 0 ? Math.round((600 * minutes) / count) / 10 : null
}

function minute({ sessionNumber }: DiagnosedTelegram): number {
  return (sessionNumber! >>> 4) & 0x1ffffff
}

function report({ meters, failed }: Analysis): string {
  const rows = meters.map((meter) => [
    `${meter.manufacturer} ${meter.id || '?'}`,
    `${hex(meter.version)} ${hex(meter.type)}`,
    String(meter.telegrams),
    meter.period === null ? '-' : `${meter.period} s`,
    `${meter.full} + ${meter.compact}`,
    meter.fullAt.join(',') || '-',
    Object.entries(meter.results)
      .map(([result, times]) => `${result} ${times}`)
      .join(', '),
  ])
  const lines = [['meter', 'ver type', 'telegrams', 'period', 'full + compact', 'full at ACC mod 8', 'result'], ...rows]
  const widths = lines[0]!.map((_, i) => Math.max(...lines.map((line) => line[i]!.length)))
  const table = lines.map(
    (line) =>
      `${line
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd()}\n`,
  )
  const reasons = failed.map(({ place, id, result }) => `telegram ${place} of ${id || 'an unknown meter'}: ${result}\n`)
  return [...table, ...reasons].join('')
}

function hex(byte: number | null): string {
  return byte === null ? '?' : byte.toString(16).padStart(2, '0').toUpperCase()
}
