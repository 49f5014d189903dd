// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exactJson } from '../../site/page/tools/exact-json.js'
import { EXAMPLES } from '../../site/tools/examples.js'
import type { Job, ToolName } from '../../site/tools/protocol.js'
import { runJob } from '../../site/tools/run.js'
import { commandLine, type Outcome } from '../support/cli.js'
import { DOCUMENTS, document } from '../support/documents.js'

type Fields = Readonly<Record<string, string>>

const patience = { now: () => performance.now() }

describe('the tools of the site', () => {
  const { meterlogger } = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-site-tools-'))
  const file = join(folder, 'list.kem')

  after(() => rmSync(folder, { recursive: true }))

  /** The answer of the page. */
  function onPage(tool: ToolName, fields: Fields) {
    const common = { text: '', key: '', id: '', headers: '', topic: '', serial: '', password: '', ...fields }
    const bytes = new TextEncoder().encode(fields.file ?? '')
    return runJob({ ...common, tool, bytes, file } as Job, patience)
  }

  /** What a person types on the command line for the same. */
  const COMMANDS: Readonly<Record<ToolName, (fields: Fields) => Promise<Outcome>>> = {
    wmbus: ({ id, key, text, headers }) =>
      meterlogger(['wmbus', 'decode', ...option('id', id), ...option('key', key), ...option('header', headers)], text),
    solve: ({ id = '', key = '', text }) => meterlogger(['wmbus', 'solve', '--id', id, '--key', key], text),
    kmp: ({ text }) => meterlogger(['kmp', 'decode'], text),
    en61107: ({ text }) => meterlogger(['en61107', 'decode'], text),
    open: ({ topic = '', key = '', text }) => meterlogger(['open', '--topic', topic, '--key', key], text),
    kem({ file: content = '', password = '', serial }) {
      writeFileSync(file, content)
      return meterlogger(['kem', file, '--password', password, ...option('serial', serial)])
    },
  }

  function option(name: string, value = ''): string[] {
    return value === '' ? [] : [`--${name}`, value]
  }

  const wrong = (example: string, changes: Fields): [ToolName, Fields] => {
    const { tool, fields } = EXAMPLES[example]!
    return [tool, { ...fields, ...changes }]
  }

  const QUESTIONS: Readonly<Record<string, [ToolName, Fields]>> = {
    ...Object.fromEntries(Object.entries(EXAMPLES).map(([name, { tool, fields }]) => [name, [tool, fields] as const])),
    'another key': wrong('flowiq', { key: '00112233445566778899aabbccddeeff' }),
    'a header that is none': wrong('flowiq', { headers: 'zz' }),
    'a damaged frame': wrong('kmp', { text: '00 403F0200BC614EB4840D' }),
    'no hex': wrong('en61107', { text: 'energy' }),
    'another topic': wrong('open', { topic: '/status/v2/9999999/1700000001' }),
    'another password': wrong('kem', { password: 'another' }),
    'a meter that is not in the file': wrong('kem', { serial: '1' }),
  }

  for (const [name, [tool, fields]] of Object.entries(QUESTIONS))
    it(`answer as the command line does: ${name}`, async () => {
      const { code, out, err } = await COMMANDS[tool](fields)
      const answer = await onPage(tool, fields)
      const said = answer.ok ? [...answer.value.notes, answer.value.problem] : [answer.error]
      const lines = answer.ok ? answer.value.lines : []
      const printed = err.split('\n').filter((line) => line !== '')
      deepEqual(lines, out.split('\n').slice(0, -1))
      deepEqual(
        said.filter((text) => text !== undefined),
        printed.map((line) => line.replace(/^meterlogger: /, '')),
      )
      equal(code, answer.ok ? (answer.value.problem === undefined ? 0 : 1) : 2)
    })

  it('read each ready example', async () => {
    const text = DOCUMENTS.map((path) => document(path))
      .join('')
      .replaceAll(/[\s\\]/g, '')
      .toUpperCase()
    for (const [name, { tool, fields }] of Object.entries(EXAMPLES)) {
      const answer = await onPage(tool, fields)
      ok(answer.ok && answer.value.problem === undefined && answer.value.lines.length > 0, name)
      // A key is one that everybody may know.
      const { key = 'NOKEY' } = fields
      ok(key === 'NOKEY' || text.includes(key.toUpperCase()), name)
    }
  })

  it('say what is missing', async () => {
    const errorOf = async (tool: ToolName, fields: Fields) => {
      const answer = await onPage(tool, fields)
      return answer.ok ? '' : answer.error
    }
    equal(await errorOf('wmbus', { text: 'nothing' }), 'no telegram given')
    equal(await errorOf('solve', { text: 'nothing', key: 'NOKEY', id: '12345678' }), 'no telegram found')
    match(await errorOf('solve', { text: '00', id: '12345678' }), /^no key: /)
    equal(await errorOf('open', { key: 'ab', text: '00' }), 'the key is not 32 hex digits')
    equal(await errorOf('wmbus', { id: '1', text: '00' }), 'id: expected 8 digits, got "1"')
  })
})

describe('numbers in the tables of the tools', () => {
  it('keep the digits that they were written with', () => {
    deepEqual(exactJson('{"a":8.910,"b":[-0.50,1e-9,12345678901234567890],"c":"1.50, \\":2.0,","d":null}'), {
      a: '8.910',
      b: ['-0.50', '1e-9', '12345678901234567890'],
      c: '1.50, ":2.0,',
      d: null,
    })
  })
})
