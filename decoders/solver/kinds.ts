import { fromHex } from '../../modules/codec/hex.js'
import { scaleOf } from '../../modules/wmbus/quantities.js'
import { RecordCursor } from '../../modules/wmbus/record-cursor.js'
import { templateOf } from './template.js'
import { familyOf, type ValueFamily } from './values.js'
import { type MeterGroup, VOCABULARY } from './vocabulary.js'

/** A record header without the unit of energy or volume, which is one for all records of a meter. */
export interface Kind {
  /** As `vocabulary.ts` writes it: hexadecimal with `J`, `V` or `W` in the place of the unit. */
  readonly template: string
  /** Kinds that measure the same, in another length or decimal, have one meaning; no header has two of them. */
  readonly meaning: string
  /** The parts of the meaning: what it measures, and of which time, part or extreme. */
  readonly quantity: string
  readonly aspect: string
  readonly size: number
  readonly family: ValueFamily
  readonly cursor: { readonly storage: number; readonly function: number }
}

/** The units of a meter in hexadecimal: energy, volume, and volume of its subunits. */
export interface Units {
  readonly e: string
  readonly v: string
  readonly w: string
}

const USUAL: Units = { e: '06', v: '13', w: '13' }

/** The header bytes of a kind for a meter of these units. */
export function headerOf(template: string, units: Units): Uint8Array {
  const text = template
    .replace(/[JVW]/, (unit) => unitOf(unit, units))
    // In lower case the unit has the bit that says that a VIFE follows.
    .replace(/[jvw]/, (unit) => withExtension(unitOf(unit.toUpperCase(), units)))
  return fromHex(text)!
}

function unitOf(letter: string, { e, v, w }: Units): string {
  return letter === 'J' ? e : letter === 'V' ? v : w
}

function withExtension(unit: string): string {
  const last = Number.parseInt(unit.slice(-2), 16) | 0x80
  return unit.slice(0, -2) + last.toString(16).toUpperCase().padStart(2, '0')
}

/**
 * The kinds of a group of meters: those of the vocabulary and those of the known headers that such a meter can send.
 * The first `VOCABULARY[group].length` are in the order of the vocabulary.
 */
export function kindsOf(group: MeterGroup, headers: readonly (readonly string[])[]): Kind[] {
  const templates = new Set(VOCABULARY[group])
  for (const header of headers)
    for (const template of header) if (group === 'heat' || !isHeatOnly(template, group)) templates.add(template)
  return [...templates].map(kindOf).filter((kind) => kind !== undefined)
}

/** Whether only meters of energy send such a record; those of electricity have no volumes. */
function isHeatOnly(template: string, group: MeterGroup): boolean {
  return group === 'water' ? /[Jj]|FF0[78]|[0-9]2[B-E]$/.test(template) : /[VvWw]|FF0[78]|59$|5D$/.test(template)
}

function kindOf(template: string): Kind | undefined {
  const bytes = headerOf(template, USUAL)
  const cursor = new RecordCursor(bytes, 0)
  if (!cursor.nextHeader() || cursor.value !== bytes.length || cursor.size <= 0) return undefined
  const { vif, modifier, storage, subunit, tariff } = cursor
  const scale = scaleOf(vif)?.quantity
  const quantity = scale === undefined || scale === 'state' ? vif.toString(16) : scale
  const aspect = [cursor.function, storage, subunit, tariff, modifier].join(' ')
  return {
    template,
    meaning: `${quantity} ${aspect}`,
    quantity,
    aspect,
    size: cursor.size,
    family: familyOf(cursor),
    cursor: { storage: cursor.storage, function: cursor.function },
  }
}

/** The templates of the records of a header; undefined where it is none. */
export function templatesOf(header: Uint8Array): string[] | undefined {
  const templates: string[] = []
  const cursor = new RecordCursor(header, 0)
  while (cursor.value < header.length) {
    if (!cursor.nextHeader()) return undefined
    templates.push(templateOf(header.subarray(cursor.header, cursor.value)).template)
  }
  return templates
}
