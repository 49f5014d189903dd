// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import type { SimulatedLine } from '../../twin/line.js'
import type { testTwin } from '../../twin/virtual.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LINE = '$1234567,56.726,1321.27*5A\r\n'
const SETTINGS = { baud: 9600, stopBits: 1 } as const
const MINUTE = 60_000

interface Block {
  readonly file: string
  readonly kind: string
  readonly text: string
}

/** The code blocks of the section about serial meters that follow the name of a file. */
function blocks(): readonly Block[] {
  const document = readFileSync(join(ROOT, 'docs/add-a-meter.md'), 'utf8')
  const section = /^## A serial meter$(.*?)(?=^## |(?![\s\S]))/ms.exec(document)![1]!
  return [...section.matchAll(/^`([\w/-]+\.ts)`\n\n```(ts|diff)\n(.*?)^```$/gms)].map(([, file, kind, text]) => ({
    file: file!,
    kind: kind!,
    text: text!,
  }))
}

/** The text after a change that the document shows: lines with `+` are new, the lines around them have to be there once. */
function changed(before: string, diff: string): string {
  let text = before
  for (const hunk of diff.split('@@\n')) {
    const lines = hunk.split('\n').filter((line) => line !== '')
    const part = (without: string) =>
      lines
        .filter((line) => !line.startsWith(without))
        .map((line) => `${line.slice(1)}\n`)
        .join('')
    equal(text.split(part('+')).length, 2, `${part('+')} is there once`)
    text = text.replace(part('+'), () => part('-'))
  }
  return text
}

/** What the compiler says of these files, with the options of the repository. */
function errorsOf(files: readonly string[]): readonly string[] {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, ROOT)
  return ts
    .getPreEmitDiagnostics(ts.createProgram([...files], options))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

describe('a serial meter that is added as the document says', () => {
  let copy: string
  let makeTwin: typeof testTwin
  let optionsOf: (driver: string) => Record<string, string>
  let twinMeter: (driver: string) => { start?(place: unknown): () => void }

  before(async () => {
    mkdirSync(join(ROOT, 'build'), { recursive: true })
    copy = mkdtempSync(join(ROOT, 'build/add-a-meter-'))
    for (const folder of ['image', 'modules', 'twin', 'hosttest/support'])
      cpSync(join(ROOT, folder), join(copy, folder), { recursive: true })
    for (const { file, kind, text } of blocks()) {
      const path = join(copy, file)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, kind === 'ts' ? text : changed(readFileSync(path, 'utf8'), text))
    }
    const from = (file: string) => import(pathToFileURL(join(copy, file)).href)
    makeTwin = (await from('twin/virtual.ts')).testTwin
    ;({ optionsOf, twinMeter } = await from('twin/meters.ts'))
  })

  after(() => rmSync(copy, { recursive: true, force: true }))

  function teller() {
    const device = makeTwin(optionsOf('teller'))
    const line: SimulatedLine = device.twin.line
    const send = (text: string) => line.send(new TextEncoder().encode(text), 0, SETTINGS)
    return { ...device, line, send }
  }

  it('touches two files that there are, one of them the firmware', () => {
    const files = blocks()
    deepEqual(
      files.filter(({ kind }) => kind === 'diff').map(({ file }) => file),
      ['modules/app/drivers.ts', 'twin/meters.ts'],
    )
    equal(files.length, 6)
  })

  it('is well typed', () => {
    deepEqual(errorsOf(blocks().map(({ file }) => join(copy, file))), [])
  })

  it('has its build option, and its line arrives at the broker as a sample', async () => {
    const { clock, twin, messages, send } = teller()
    twin.start()
    await clock.run(5_000)
    send(LINE)
    await clock.run(5_000)
    deepEqual(
      messages('sample').map(({ serial, text }) => [serial, text.replace(/heap=\d+/, 'heap')]),
      [['1234567', 'heap&v1=1321.27 m3&e1=56.726 MWh&']],
    )
    match(messages('version')[0]!.text, /-TELLER-THERMO_NC-/)
    twin.close()
  })

  it('tells one sample a minute, and one at once after a connection', async () => {
    const { clock, twin, broker, messages, send } = teller()
    twin.start()
    for (let i = 0; i < 36; i++) {
      await clock.run(5_000)
      send(LINE)
    }
    const before = messages('sample').length
    ok(before >= 3 && before <= 4, `${before} samples`)
    broker.cut()
    await clock.run(20_000)
    send(LINE)
    await clock.run(5_000)
    equal(messages('sample').length, before + 1)
    twin.close()
  })

  it('takes nothing that is not a whole line, and says what was wrong', async () => {
    const { clock, twin, log, messages, send } = teller()
    twin.start()
    await clock.run(5_000)
    for (const text of [LINE.replace('5A', '5B'), '\r\n', `${'x'.repeat(500)}\n`]) {
      send(text)
      await clock.run(5_000)
    }
    equal(messages('sample').length, 0)
    ok(log.includes('meter: sum: expected 5A, got 5B'), log.join('\n'))
    await clock.run(3 * MINUTE)
    ok(log.filter((text) => text === 'meter: no line').length >= 2)
    send(LINE)
    await clock.run(5_000)
    equal(messages('sample').length, 1)
    twin.close()
  })

  it('drives the valve, as every heat meter does', async () => {
    const { clock, twin, ask, send } = teller()
    twin.start()
    await clock.run(5_000)
    send(LINE)
    await clock.run(20_000)
    equal((await ask('open_until', '56727')).includes('status open'), true)
    await clock.run(MINUTE)
    send('$1234567,56.727,1321.28*5C\r\n')
    await clock.run(5_000)
    equal(twin.ac1.level, 0)
    twin.close()
  })

  it('has a simulated meter in the twin', async () => {
    const { clock, twin, messages } = teller()
    const { line, impulses } = twin
    const stop = twinMeter('teller').start!({ line, impulses, clock, serial: 42 })
    twin.start()
    await clock.run(5 * MINUTE)
    stop()
    ok(messages('sample').length >= 4)
    for (const { serial, text } of messages('sample')) {
      equal(serial, '0000042')
      match(text, /^heap=\d+&v1=\d+\.\d\d m3&e1=\d+\.\d{3} MWh&$/)
    }
    twin.close()
  })

  it('frees the port and its timer when the firmware closes', async () => {
    const { clock, twin, line, log } = teller()
    twin.start()
    await clock.run(5_000)
    twin.close()
    ok(line.closed)
    const before = log.length
    await clock.run(5 * MINUTE)
    equal(log.length, before)
  })
})
