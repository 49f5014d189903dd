import { deepEqual, equal, ok } from 'node:assert/strict'
import { TerminalScreen } from '../../tools/twin-screen.js'
import { coloured, colourless, completions, fastClockText, helpText, statusText } from '../../tools/twin-words.js'
import { Terminal } from '../support/terminal.js'

const VOCABULARY = { commands: ['ping', 'uptime', 'open_until'], faults: ['line silent', 'line noise'] }
const MESSAGE = { time: 1_700_000_000, topic: '/ping/v2/1234567/1700000000', text: 'x' }
const SHOWN = '2023-11-14 22:13:20  /ping/v2/1234567/1700000000  x'
const [TAB, UP, ENTER, CTRL_C, CTRL_D] = ['\t', '\u001b[A', '\r', '\u0003', '\u0004']

describe("the words of the twin's terminal", () => {
  const now = { unix: 1_700_000_000_000, network: 'twin', isConnected: true, samples: 1, waiting: 0, speed: 1 }

  it('tell in a line of 80 columns how the twin is', () => {
    equal(statusText(now), '22:13:20 UTC | Wi-Fi twin | broker connected | 1 sample sent, none waiting')
    const away = { ...now, network: undefined, isConnected: false, samples: 20, waiting: 1, speed: 60 }
    equal(
      statusText(away),
      '2023-11-14 22:13:20 UTC | no Wi-Fi | no broker | 20 samples sent, 1 waiting | 60 times as fast',
    )
    ok(statusText({ ...now, samples: 525_600, waiting: 99 }).length < 80)
    const fast = { ...now, samples: 2, speed: 5 }
    equal(statusText(fast, 79), '2023-11-14 22:13:20 UTC | broker connected | 2 samples sent, none waiting')
    equal(
      statusText(fast, 100),
      '2023-11-14 22:13:20 UTC | Wi-Fi twin | broker connected | 2 samples sent, none waiting',
    )
    equal(statusText(fast, 60), '22:13:20 UTC | broker connected | 2 samples sent, none waiting')
    ok(statusText({ ...fast, network: undefined, isConnected: false }, 79).includes('no Wi-Fi | no broker'))
  })

  it('tell which commands this device has, and no others', () => {
    const help = helpText(VOCABULARY)
    ok(help.includes('\n  open_until             kWh') && help.includes('\n  !line noise\n'))
    ok(!/^ {2}(save|set_cron)\b/m.test(help))
    deepEqual(completions('s', VOCABULARY), [])
  })

  it('tell of a fast clock when a bridge takes nothing more of it', () => {
    ok(fastClockText(21).includes('in 72 min it is a day ahead'))
    ok(fastClockText(2161).includes('in 40 s it is a day ahead'))
  })
})

describe("the twin's terminal", () => {
  let screen: TerminalScreen | undefined

  afterEach(() => screen?.close())

  function open({ columns = 80, tint = colourless, status = (): string => 'all is well' } = {}, told = columns) {
    const terminal = new Terminal(columns)
    terminal.output.columns = told
    const lines: string[] = []
    let ends = 0
    screen = new TerminalScreen(
      {
        status,
        complete: (line) => completions(line, VOCABULARY),
        onLine: (line) => lines.push(line),
        onEnd: () => ends++,
      },
      terminal.input,
      terminal.output,
      tint,
    )
    return { terminal, lines, screen, ends: () => ends }
  }

  it('keeps a status and the line that is typed below what is printed', () => {
    let samples = 0
    const { terminal, screen } = open({ status: () => `${samples} samples` })
    screen.say('wifi: connected')
    terminal.type('p', 'i')
    samples = 1
    screen.message(MESSAGE)
    screen.say('two\nlines')
    deepEqual(terminal.screen, ['wifi: connected', SHOWN, 'two', 'lines', '1 samples', '> pi'])
  })

  it('hands a line over, leaves it among the rest, and clears the prompt', () => {
    const { terminal, lines, screen } = open()
    terminal.type('ping', ENTER)
    screen.message(MESSAGE)
    terminal.type(ENTER)
    deepEqual(lines, ['ping', ''])
    deepEqual(terminal.screen, ['> ping', SHOWN, 'all is well', '>'])
  })

  it('on a narrow terminal breaks what is long, and takes all of it away', () => {
    const { terminal, lines, screen } = open({ columns: 20, status: () => 'a status that does not fit here' })
    const long = 'open_until 1234567890123'
    terminal.type(...long)
    screen.say('one')
    deepEqual(terminal.screen, ['one', 'a status that does', `> ${long}`.slice(0, 20), `> ${long}`.slice(20)])
    terminal.type(ENTER)
    deepEqual(lines, [long])
    deepEqual(terminal.screen, ['one', `> ${long}`.slice(0, 20), `> ${long}`.slice(20), 'a status that does', '>'])
  })

  it('takes a terminal that tells no width for one of 80 columns', () => {
    const { terminal, lines, screen } = open({ status: () => 's'.repeat(100) }, 0)
    terminal.type('ping', ENTER)
    screen.say('one')
    deepEqual(lines, ['ping'])
    deepEqual(terminal.screen, ['> ping', 'one', 's'.repeat(79), '>'])
    ok(!terminal.written.includes('Infinity'))
  })

  it('completes commands and faults, and remembers what was typed', () => {
    const { terminal, lines } = open()
    terminal.type('upt', TAB, ENTER)
    terminal.type('!line s', TAB)
    equal(terminal.screen.at(-1), '> !line silent o')
    terminal.type('n', ENTER)
    terminal.type(UP, UP, ENTER)
    deepEqual(lines, ['uptime', '!line silent on', 'uptime'])
  })

  it('ends on Ctrl-C and Ctrl-D, and leaves neither status nor prompt', () => {
    for (const key of [CTRL_C, CTRL_D]) {
      const { terminal, screen, ends } = open()
      screen.say('wifi: connected')
      terminal.type(key)
      ok(ends() > 0)
      screen.close()
      deepEqual(terminal.screen, ['wifi: connected', ''])
    }
  })

  it('shows no control characters from outside, and has colours only where they are wanted', () => {
    const plain = open()
    plain.screen.message({ ...MESSAGE, text: 'a\u001b[31mb\nc' })
    equal(plain.terminal.screen[0], `${SHOWN.slice(0, -1)}a\\u001b[31mb\\u000ac`)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a terminal is told its colours
    ok(!/\u001b\[[0-9;]*m/.test(plain.terminal.written))
    plain.screen.close()
    const { terminal, screen } = open({ tint: coloured })
    screen.message(MESSAGE)
    equal(terminal.screen[0], SHOWN)
    ok(terminal.written.includes('\u001b[36m/ping/'))
  })
})
