// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedBroker } from '../../twin/broker.js'
import { COMMAND, commandLine } from '../support/cli.js'
import { needs } from '../support/needs.js'
import { Terminal } from '../support/terminal.js'
import { until } from '../support/until.js'

const [TAB, UP, ENTER, CTRL_C, CTRL_U] = ['\t', '\u001b[A', '\r', '\u0003', '\u0015']
const STATUS = /^\d\d:\d\d:\d\d UTC \| Wi-Fi twin \| broker connected \| \d+ samples? sent, (none|\d+) waiting$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a terminal is told its colours
const COLOUR = /\u001b\[[0-9;]+m/

describe('a twin on a terminal of the system', () => {
  const { children } = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-terminal-'))
  let broker: EmbeddedBroker
  let keyboard: Socket | undefined
  let count = 0

  before(async function () {
    needs(this, spawnSync('socat', ['-V']).error === undefined ? undefined : 'socat is not installed')
    broker = await EmbeddedBroker.listen(0)
  })
  afterEach(() => keyboard?.destroy())
  after(async () => {
    rmSync(folder, { recursive: true })
    await broker?.close()
  })

  /** Starts a twin at a pseudo terminal of 80 columns, and waits until it is at the broker. */
  async function openTwin(environment = ''): Promise<Terminal> {
    const path = join(folder, `${++count}`)
    const twin = `${process.execPath} ${COMMAND} twin --serial 6892850 --broker ${broker.url}`
    // Node takes no terminal of a CI for one with colours.
    const shell = `stty cols 80 rows 24; env -u CI -u NO_COLOR TERM=xterm ${environment} ${twin}; echo ended with $?`
    children.program('socat', `unix-listen:${path}`, `system:'${shell.replaceAll(':', '\\:')}',pty,setsid,ctty,stderr`)
    await until(() => existsSync(path), 'the terminal')
    keyboard = connect(path)
    await once(keyboard, 'connect')
    const terminal = new Terminal()
    keyboard.setEncoding('utf8').on('data', (text: string) => terminal.output.write(text))
    await until(() => STATUS.test(terminal.screen.at(-2) ?? ''), 'a status')
    return terminal
  }

  it('has a prompt below a status, completes, remembers, helps, and leaves a clean screen', async () => {
    const terminal = await openTwin()
    const shows = (line: RegExp | string) =>
      until(
        () => terminal.screen.some((one) => (typeof line === 'string' ? one === line : line.test(one))),
        String(line),
      )
    const isTyped = (text: string) => until(() => terminal.screen.at(-1) === `> ${text}`.trimEnd(), `> ${text}`)
    await isTyped('')
    match(terminal.written, COLOUR)

    keyboard!.write(`upt${TAB}`)
    await isTyped('uptime')
    keyboard!.write(ENTER)
    await shows(/ {2}\/uptime\/v2\/6892850\/\d+ {2}\d+$/)
    ok(terminal.screen.includes('> uptime'))
    keyboard!.write(UP)
    await isTyped('uptime')
    keyboard!.write(CTRL_U)
    keyboard!.write(`pingg${ENTER}`)
    await shows('pingg: not a command; did you mean ping?')
    keyboard!.write(`help${ENTER}`)
    await shows(/^A command is sealed and goes over the broker/)
    ok(terminal.screen.some((line) => line.startsWith('  open_until ')))
    deepEqual(
      terminal.screen.filter((line) => /^ {2}(save|set_impulse)/.test(line)),
      [],
    )
    match(terminal.screen.at(-2)!, STATUS)

    keyboard!.write(CTRL_C)
    await shows('ended with 0')
    equal(terminal.screen.filter((line) => STATUS.test(line) || line === '>').length, 0)
  })

  it('has no colours where NO_COLOR is set', async () => {
    const terminal = await openTwin('NO_COLOR=1')
    ok(!COLOUR.test(terminal.written))
  })
})
