import { deepEqual, equal, match, throws } from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { withBroker } from '../../tools/broker-options.js'
import { BROKER_SETTINGS, configPath, fromConfig, KEY_SETTINGS, parseConfig } from '../../tools/config-file.js'
import { withConventions } from '../../tools/conventions.js'
import { UsageError } from '../../tools/errors.js'
import { parseSerial, withKeys } from '../../tools/options.js'
import { commandLine, KEY } from '../support/cli.js'

const TEXT = `# Of the house.
broker = mqtt://reader@broker.example.org
  password-file=secrets/password

key-file = ~/device.key
serial = 42
`

describe('the configuration file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-config-'))
  const config = join(folder, 'meterlogger')
  const path = join(config, 'config')

  before(() => mkdirSync(config))

  after(() => rmSync(folder, { recursive: true }))

  /** What a command is told that takes everything from the file. */
  async function told(text: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<object> {
    writeFileSync(path, text, { mode: 0o600 })
    const send = withKeys(withBroker(new Command('send'))).requiredOption('--serial <n>', '', parseSerial)
    let options = {}
    fromConfig(send, ...BROKER_SETTINGS, ...KEY_SETTINGS, 'serial').action((all) => {
      options = JSON.parse(JSON.stringify(all))
    })
    const program = withConventions(new Command('meterlogger').addCommand(send))
    const before = { ...process.env }
    delete process.env.KEY
    Object.assign(process.env, { XDG_CONFIG_HOME: folder, APPDATA: folder }, env)
    try {
      await program.parseAsync(['node', 'meterlogger', 'send', ...args])
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
      Object.assign(process.env, before)
    }
    return options
  }

  it('is in the usual place of the system', () => {
    const place = join('meterlogger', 'config')
    equal(configPath({ XDG_CONFIG_HOME: '/etc/me' }, 'linux'), join('/etc/me', place))
    equal(configPath({}, 'linux'), join(homedir(), '.config', place))
    equal(configPath({ XDG_CONFIG_HOME: '' }, 'darwin'), join(homedir(), '.config', place))
    equal(configPath({ APPDATA: 'roaming', XDG_CONFIG_HOME: '/etc/me' }, 'win32'), join('roaming', place))
  })

  it('says what nobody types', async () => {
    deepEqual(await told(TEXT, []), {
      broker: 'mqtt://reader@broker.example.org',
      passwordFile: join(config, 'secrets/password'),
      keyFile: join(homedir(), 'device.key'),
      serial: '0000042',
    })
  })

  it('gives way to options and to the environment, with what belongs to it', async () => {
    deepEqual(await told(TEXT, ['--serial', '7', '--broker', 'mqtt://other', '--keys', 'keys.csv']), {
      broker: 'mqtt://other',
      keys: 'keys.csv',
      serial: '0000007',
    })
    deepEqual(await told(TEXT, [], { KEY, BROKER_PASSWORD: 'x' }), {
      broker: 'mqtt://reader@broker.example.org',
      serial: '0000042',
    })
    deepEqual(await told('broker = mqtt://a\nserial = 1\nkeys = k.csv', ['--key', KEY]), {
      broker: 'mqtt://a',
      key: KEY,
      serial: '0000001',
    })
  })

  it('names the wrong line', () => {
    for (const [line, problem] of [
      ['broker mqtt://x', /config: line 2: expected NAME = VALUE/],
      ['broker =', /line 2: expected NAME = VALUE/],
      [
        'brokr = mqtt://x',
        /line 2: brokr: not a setting; there are broker, password-file, ca, key, key-file, keys, serial/,
      ],
      ['constructor = 1', /line 2: constructor: not a setting/],
      ['broker = http://me:secret@x', /line 2: broker: expected mqtt:\/\/host:port .* got "http:\/\/me:\*\*\*@x"/],
      ['serial = 12a', /line 2: serial: expected 1 to 12 digits/],
      ['key = abc', /line 2: key: the key is not 32 hex digits/],
      [`keys = a\nkey = ${KEY}`, /line 3: key: keys stands in line 2 already/],
      ['serial = 1\nserial = 2', /line 3: serial: serial stands in line 2 already/],
    ] as const)
      throws(
        () => parseConfig(`# one\n${line}\n`, '/config'),
        (error: Error) => error instanceof UsageError && problem.test(error.message),
        line,
      )
    equal(parseConfig(`\uFEFFserial = 1\r\nbroker = mqtt://x\r\n`, '/config').get('serial'), '1')
  })

  describe('of a command', () => {
    const { meterlogger } = commandLine()

    it('ends with 2 where a line is wrong, is warned of where others can read a key, and is nothing to other commands', async () => {
      writeFileSync(path, `key = ${KEY}\n`)
      chmodSync(path, 0o644)
      const env = { XDG_CONFIG_HOME: folder, APPDATA: folder }
      const seal = ['seal', 'hej', '--topic', 't', '--iv', '000102030405060708090a0b0c0d0e0f']
      const sealed = await meterlogger(seal, '', env)
      equal(sealed.code, 0, sealed.err)
      match(sealed.err, /config: others on this computer can read it/)
      equal(sealed.out, (await meterlogger([...seal, '--key', KEY])).out)
      writeFileSync(path, 'nonsense\n')
      const wrong = await meterlogger(seal, '', env)
      deepEqual([wrong.code, wrong.out], [2, ''])
      match(wrong.err, /^meterlogger: .*config: line 1: expected NAME = VALUE/)
      const other = await meterlogger(['kmp', 'decode', '403f0200692d32cd5d0d'], '', env)
      deepEqual([other.code, other.err], [0, ''])
    })

    it('is named where what it could say is missing, and not where it could not', async () => {
      rmSync(path)
      const env = { XDG_CONFIG_HOME: folder, APPDATA: folder }
      for (const [args, said] of [
        [['send', 'ping'], `option '--broker <url>' not specified; or write "broker = ..." into ${path}`],
        [['label', '--out', 'x'], `option '--keys <path>' not specified; or write "keys = ..." into ${path}`],
        [['label', '--keys', 'x'], "option '--out <file>' not specified"],
        [['doctor'], "option '--uart <device>' not specified"],
      ] as const) {
        const { code, err } = await meterlogger(args, '', env)
        deepEqual([code, err], [2, `meterlogger: required ${said}\n(--help says more)\n`])
      }
    })
  })
})
