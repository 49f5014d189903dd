import { parseMessageTopic } from '../../../modules/delivery/topics.js'
import type { Job, ToolName } from '../../tools/protocol.js'
import { detailOf } from '../byte-view.js'
import { make } from '../dom.js'
import { tableOf } from '../table.js'
import { exactJson } from './exact-json.js'

type Members = Readonly<Record<string, unknown>>

/** So many telegrams are shown as tables; all are in the text below. */
const MOST = 50

/** Units at the end of the names of fields, as wmbusmeters names them. */
const UNITS: Readonly<Record<string, string>> = {
  c: '°C',
  gj: 'GJ',
  h: 'h',
  kw: 'kW',
  kwh: 'kWh',
  lh: 'l/h',
  m3: 'm³',
  m3c: 'm³ °C',
  m3h: 'm³/h',
  mwh: 'MWh',
  bar: 'bar',
}

/** What the command line prints, as tables for people. */
export function tablesOf(job: Job, lines: readonly string[]): Node[] {
  if (job.tool === 'open') return messageOf(job, lines[0] ?? '')
  if (job.tool === 'kem') return [metersOf(objectsOf(lines)[0] as unknown as readonly Members[])]
  const shown = objectsOf(lines.slice(0, MOST)).flatMap((object) => TABLES[job.tool](object))
  const rest = lines.length - MOST
  return rest > 0 ? [...shown, make('p', 'say', `${rest} more stand in the text below.`)] : shown
}

const TABLES: Readonly<Record<Exclude<ToolName, 'open' | 'kem'>, (object: Members) => Node[]>> = {
  wmbus: telegramOf,
  solve: solutionOf,
  kmp: frameOf,
  en61107: replyOf,
}

function objectsOf(lines: readonly string[]): readonly Members[] {
  return lines.map((line) => exactJson(line) as Members)
}

function telegramOf({ result, flags, meter, fields, records, partial }: Members): Node[] {
  const { manufacturer, id, version, type } = meter as Members
  const words = [
    ...(flags as string[]),
    ...(partial === undefined ? [] : ['cut: its rest is shown, and is no reading']),
  ]
  const nodes: Node[] = [
    make('h3', '', `${manufacturer ?? ''} ${id}`),
    make(
      'p',
      'say',
      make('b', result === 'ok' ? 'good' : 'bad', String(result)),
      ` Version ${version ?? '–'}, type ${type ?? '–'}${words.length > 0 ? `; ${words.join(', ')}` : ''}`,
    ),
  ]
  if (Object.keys(fields as Members).length > 0) nodes.push(fieldsTable(fields as Members))
  const rows = (records as Members[]).map(({ header, function: kind, storage, tariff, subunit, value, unit, raw }) =>
    [header, kind, storage, tariff, subunit, value ?? '', unit, raw].map(String),
  )
  if (rows.length > 0)
    nodes.push(
      make(
        'details',
        '',
        make('summary', '', `${rows.length} records`),
        tableOf('Records', ['Header', 'Function', 'Storage', 'Tariff', 'Subunit', 'Value', 'Unit', 'Bytes'], rows),
      ),
    )
  return nodes
}

function fieldsTable(fields: Members): HTMLElement {
  const rows = Object.entries(fields).map(([name, value]) => {
    const unit = UNITS[name.slice(name.lastIndexOf('_') + 1)]
    return [name, String(value), unit ?? '']
  })
  return tableOf('Fields', ['Field', 'Value', 'Unit'], rows)
}

function solutionOf({ headers, fields, ...members }: Members): Node[] {
  const rows = Object.entries(members).map(([name, value]) => [name, String(value)])
  const listed = (headers as string[] | undefined)?.map((header, i) => [String(i + 1), header]) ?? []
  return [
    tableOf('Answer', ['Member', 'Value'], rows),
    ...(listed.length > 0 ? [tableOf('Headers, the best first', ['Place', 'Header'], listed)] : []),
    ...(fields === undefined ? [] : [fieldsTable(fields as Members)]),
  ]
}

function frameOf({ registers, unread = [], ...members }: Members): Node[] {
  const rows = (registers as Members[]).map(({ name, id, value, unit }) => [name, id, value, unit].map(String))
  const others = (unread as Members[]).map(({ name, id, reason }) => [name, id, reason].map(String))
  return [
    membersOf(members),
    ...(rows.length > 0 ? [tableOf('Registers', ['Register', 'Id', 'Value', 'Unit'], rows)] : []),
    ...(others.length > 0 ? [tableOf('Registers that are not read', ['Register', 'Id', 'Why'], others)] : []),
  ]
}

function replyOf({ registers, ...members }: Members): Node[] {
  const rows = (registers as Members[]).map(({ name, value, unit = '' }) => [name, value, unit].map(String))
  return [membersOf(members), ...(rows.length > 0 ? [tableOf('Registers', ['Register', 'Value', 'Unit'], rows)] : [])]
}

/** What else an answer has, its result first. */
function membersOf({ result, ...members }: Members): HTMLElement {
  const words = Object.entries(members).map(([name, value]) => ` ${name} ${value}`)
  return make('p', '', make('b', result === 'ok' ? 'good' : 'bad', String(result)), words.join(','))
}

function metersOf(meters: readonly Members[]): HTMLElement {
  const names = ['serial', 'key', 'name', 'consumption', 'number', 'type', 'config', 'program', 'vendor']
  const rows = meters.map((meter) => names.map((name) => String(meter[name] ?? '')))
  return tableOf(`${meters.length} meters`, ['Serial', 'Key', ...names.slice(2).map(capital)], rows)
}

function messageOf({ topic, text }: Extract<Job, { tool: 'open' }>, opened: string): Node[] {
  const bytes = Uint8Array.from(text.replace(/\s+/g, '').match(/../g) ?? [], (digits) => Number.parseInt(digits, 16))
  const { time } = parseMessageTopic(topic.trim())
  return detailOf({
    topic: topic.trim(),
    payload: bytes,
    text: opened,
    time: Number.isFinite(time) ? time : undefined,
    way: topic.trim().startsWith('/config') ? 'down' : 'up',
  })
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
