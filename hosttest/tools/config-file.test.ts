import { deepEqual, equal, match, throws } from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { withBroker } from '../../tools/broker-options.js'
import { applyConfig, configPath, parseConfig, settleConfig } from '../../tools/config-file.js'
import { BROKER_SETTINGS, fromConfig, KEY_SETTINGS } from '../../tools/config-settings.js'
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
  const path = join(folder, 'config')

  after(() => rmSync(folder, { recursive: true }))

  /** What a command is told that takes everything from the file. */
  function told(text: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Record<string, unknown> {
    writeFileSync(path, text, { mode: 0o600 })
    const command = withKeys(withBroker(new Command('send'))).exitOverride()
    command.requiredOption('--serial <n>', '', parseSerial).configureOutput({ writeErr: () => {} })
    fromConfig(command, ...BROKER_SETTINGS, ...KEY_SETTINGS, 'serial')
    let options = {}
    command.action((all) => {
      options = JSON.parse(JSON.stringify(all))
    })
    applyConfig(command, path)
    command.hook('preAction', (one) => settleConfig(one, env))
    command.parse(['node', 'send', ...args])
    return options
  }

  it('is in the usual place of the system', () => {
    const place = join('meterlogger', 'config')
    equal(configPath({ XDG_CONFIG_HOME: '/etc/me' }, 'linux'), join('/etc/me', place))
    equal(configPath({}, 'linux'), join(homedir(), '.config', place))
    equal(configPath({ XDG_CONFIG_HOME: '' }, 'darwin'), join(homedir(), '.config', place))
    equal(configPath({ APPDATA: 'roaming', XDG_CONFIG_HOME: '/etc/me' }, 'win32'), join('roaming', place))
  })

  it('says what nobody types', () => {
    deepEqual(told(TEXT, []), {
      broker: 'mqtt://reader@broker.example.org',
      passwordFile: join(folder, 'secrets/password'),
      keyFile: join(homedir(), 'device.key'),
      serial: '0000042',
    })
  })

  it('gives way to options and to the environment, with what belongs to it', () => {
    deepEqual(told(TEXT, ['--serial', '7', '--broker', 'mqtt://other', '--keys', 'keys.csv']), {
      broker: 'mqtt://other',
      keys: 'keys.csv',
      serial: '0000007',
    })
    deepEqual(told(TEXT, [], { KEY, BROKER_PASSWORD: 'x' }), {
      broker: 'mqtt://reader@broker.example.org',
      serial: '0000042',
    })
    deepEqual(told(`broker = mqtt://a\nserial = 1\nkeys = k.csv`, ['--key', KEY]).keys, undefined)
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
    const config = join(folder, 'meterlogger')

    it('ends with 2 where a line is wrong, is warned of where others can read a key, and is nothing to other commands', async () => {
      mkdirSync(config, { recursive: true })
      writeFileSync(join(config, 'config'), `key = ${KEY}\n`, { mode: 0o644 })
      const env = { XDG_CONFIG_HOME: folder, APPDATA: folder }
      const seal = ['seal', 'hej', '--topic', 't', '--iv', '000102030405060708090a0b0c0d0e0f']
      const sealed = await meterlogger(seal, '', env)
      equal(sealed.code, 0, sealed.err)
      match(sealed.err, /config: others on this computer can read it/)
      equal(sealed.out, (await meterlogger([...seal, '--key', KEY])).out)
      writeFileSync(join(config, 'config'), 'nonsense\n')
      const wrong = await meterlogger(seal, '', env)
      deepEqual([wrong.code, wrong.out], [2, ''])
      match(wrong.err, /^meterlogger: .*config: line 1: expected NAME = VALUE/)
      const other = await meterlogger(['kmp', 'decode', '403f0200692d32cd5d0d'], '', env)
      deepEqual([other.code, other.err], [0, ''])
    })
  })
})
