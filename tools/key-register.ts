import { statSync } from 'node:fs'
import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import { paddedSerial } from '../modules/app/identity.js'
import { fromHex } from '../modules/codec/hex.js'
import { UsageError } from './errors.js'
import { fileText } from './lines.js'
import { sayLine } from './print.js'

/** Bytes of the longest register: half a million devices. */
const MOST = 32 * 1024 * 1024

const COMMENT = '#'

const COLUMNS = ['serial', 'key', 'name', 'group', 'kind'] as const
const NEEDED: readonly Column[] = ['serial', 'key']
const KINDS = ['heat', 'water', 'electricity'] as const

type Column = (typeof COLUMNS)[number]
export type DeviceKind = (typeof KINDS)[number]

export interface RegisteredDevice {
  /** As it stands in topics. */
  readonly serial: string
  /** Master key, 16 bytes. */
  readonly key: Uint8Array
  readonly name: string | undefined
  readonly group: string | undefined
  readonly kind: DeviceKind | undefined
}

/** The devices of a key register, in its order. */
export class KeyRegister {
  readonly devices: readonly RegisteredDevice[]
  #bySerial: ReadonlyMap<string, RegisteredDevice>

  /** @param devices each with another serial number */
  constructor(devices: readonly RegisteredDevice[]) {
    this.devices = devices
    this.#bySerial = new Map(devices.map((device) => [bare(device.serial), device]))
  }

  /** The device with this serial number, with or without zeros at its front. */
  find(serial: string): RegisteredDevice | undefined {
    return this.#bySerial.get(bare(serial))
  }
}

/** Reads a register. Throws `UsageError` when it cannot be read or has a wrong line, and warns when others can read it. */
export function readRegister(path: string): KeyRegister {
  const text = fileText(path, '--keys', MOST)
  warnOfReaders(path)
  return parseRegister(text, path)
}

/** The device of a register. Throws `UsageError` where there is none. @param path of the register */
export function registered(register: KeyRegister, serial: string, path: string): RegisteredDevice {
  const device = register.find(serial)
  if (device === undefined) throw unknownDevice(serial, path)
  return device
}

/** Says the number as people type it: without the zeros that it has in topics. */
export function unknownDevice(serial: string, path: string): UsageError {
  return new UsageError(`no device "${bare(serial)}" in ${path}`)
}

/** Warns when others on this computer can read a file of secrets. */
export function warnOfReaders(path: string): void {
  if (process.platform !== 'win32' && statSync(path).mode & 0o044)
    sayLine(`${path}: others on this computer can read it; chmod 600 ends that`)
}

/**
 * Parses a key register: CSV as in RFC 4180 with a header line. Lines that begin with `#` are comments, columns that are
 * not known are passed over. Throws `UsageError` with the number of the wrong line.
 * @param name what the error calls it
 */
export function parseRegister(text: string, name: string): KeyRegister {
  const wrong = (line: number, reason: string) => new UsageError(`${name}: line ${line}: ${reason}`)
  let columns: readonly string[] | undefined
  const lines = new Map<string, number>()
  const devices: RegisteredDevice[] = []
  for (const { line, fields } of records(text, wrong)) {
    if (columns === undefined) {
      const problem = headerProblem(fields)
      if (problem !== undefined) throw wrong(line, problem)
      columns = fields
      continue
    }
    if (fields.length !== columns.length)
      throw wrong(line, `expected ${columns.length} fields as the header has, got ${fields.length}`)
    const device = deviceOf(columns, fields)
    if (typeof device === 'string') throw wrong(line, device)
    const same = lines.get(bare(device.serial))
    if (same !== undefined) throw wrong(line, `serial: ${device.serial} stands in line ${same} already`)
    lines.set(bare(device.serial), line)
    devices.push(device)
  }
  if (columns === undefined) throw wrong(1, `expected a header line such as ${COLUMNS.join(',')}`)
  return new KeyRegister(devices)
}

interface Row {
  /** The last line of the record. */
  readonly line: number
  readonly fields: readonly string[]
}

function records(csv: string, wrong: (line: number, reason: string) => Error): readonly Row[] {
  const text = csv.replace(/\r\n?/g, '\n')
  try {
    return parsed(text)
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // The library's own text shows the field, which may be a key, and names the line where it gave up.
    const good = Number(error.records)
    const last = good > 0 ? parsed(text, good).at(-1)! : { line: 0 }
    const line = text.split('\n').findIndex((line, i) => i >= last.line && line !== '' && !line.startsWith(COMMENT))
    throw wrong(line + 1, 'a quotation mark that does not begin or end a field, or that no other one follows')
  }
}

/** @param to ends after so many records */
function parsed(text: string, to?: number): readonly Row[] {
  const found = parse(text, {
    bom: true,
    comment: COMMENT,
    comment_no_infix: true,
    info: true,
    record_delimiter: '\n',
    relax_column_count: true,
    skip_empty_lines: true,
    to,
  }) as unknown as readonly { readonly info: { readonly lines: number }; readonly record: readonly string[] }[]
  return found.map(({ info, record }) => ({ line: info.lines, fields: record }))
}

function headerProblem(fields: readonly string[]): string | undefined {
  for (const column of NEEDED)
    if (!fields.includes(column)) return `expected a header with the column ${column}, separated by commas`
  const twice = COLUMNS.find((column) => fields.indexOf(column) !== fields.lastIndexOf(column))
  return twice && `the column ${twice} stands there twice`
}

/** The device of a line, or what is wrong with it. No error shows the key. */
function deviceOf(columns: readonly string[], fields: readonly string[]): RegisteredDevice | string {
  const text = (column: Column) => fields[columns.indexOf(column)] || undefined
  const serial = text('serial') ?? ''
  if (!/^[0-9]{1,12}$/.test(serial)) return `serial: expected 1 to 12 digits, got "${serial}"`
  const digits = text('key') ?? ''
  const key = digits.length === 32 ? fromHex(digits) : undefined
  if (key === undefined) return `key: expected 32 hex digits, got ${digits.length} characters`
  const kindText = text('kind')
  const kind = KINDS.find((one) => one === kindText)
  if (kind === undefined && kindText !== undefined)
    return `kind: expected ${KINDS.join(', ')} or nothing, got "${kindText}"`
  return { serial: paddedSerial(serial), key, name: text('name'), group: text('group'), kind }
}

/** A serial number without the zeros at its front. */
function bare(serial: string): string {
  return serial.replace(/^0+(?=.)/, '')
}
