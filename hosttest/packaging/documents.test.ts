// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { toHex } from '../../modules/codec/hex.js'
import { parseRegister } from '../../tools/key-register.js'
import { makeImage } from '../../twin/image.js'
import { certificate } from '../support/certificates.js'
import { blocks, DOCUMENTS, examples, joined, typed } from '../support/documents.js'
import { missingMosquitto } from '../support/mosquitto.js'
import { needs } from '../support/needs.js'
import { missingOpenssl } from '../support/openssl.js'
import { parts } from '../support/parts.js'
import { setUpTwin } from '../support/portal-twin.js'
import { Sandbox } from '../support/sandbox.js'
import { UPDATE_KEY_PEM } from '../support/update.js'

/** What goes on until somebody ends it, or needs a meter, a radio, a broker or a database. Other suites run these. */
const LIVE =
  /meterlogger (?:twin|bridge|listen|send|doctor|kem|fleet (?:send|status)|update (?:serve|push)|vw1871 record|wmbus (?:analyze|solve)) |npm start|\brtl_|^curl /

/** The examples that stand in the documents with what they print. */
const EXAMPLES = DOCUMENTS.flatMap((path) =>
  blocks(path, 'console')
    .map((block) => examples(block).filter(({ command }) => !LIVE.test(command)))
    .filter((block) => block.length > 0)
    .map((block) => ({ path, block })),
)

interface Scripts {
  readonly path: string
  /** Makes the files that somebody has who reads this. */
  prepare(box: Sandbox): void
  check(box: Sandbox, output: string): void
}

const BOARD = {
  prepare(box: Sandbox) {
    box.write('wifi.txt', 'simulated\n')
    box.write('update-public.pem', UPDATE_KEY_PEM)
  },
  check(box: Sandbox) {
    match(box.read('keys.csv'), /^serial,key\n7000001,[0-9a-f]{32}\n(?:.*\n)*7000050,/)
    ok(box.read('7000001.bin').length > 0x4000)
    deepEqual(
      box.noted().filter((line) => line.startsWith('esptool.py')),
      ['esptool.py write_flash 0x9000 7000001.bin'],
    )
  },
}

const UPDATE = {
  prepare: (box: Sandbox) =>
    box.write(
      'build/esp32/daughterboard-kmp/bin/esp32/release/meterlogger-daughterboard/xs_esp32.bin',
      makeImage({ version: '0.2.0', variant: 'daughterboard', size: 20_000 }),
    ),
  check: (box: Sandbox) => match(box.read('meterlogger-0.2.0.signed'), /^METERLOGGER UPDATE 1\n(.*\n)*version=0.2.0\n/),
}

const SCRIPTS: readonly Scripts[] = [
  {
    path: 'docs/one-meter.md',
    prepare() {},
    check(box) {
      const path = '/etc/meterlogger/keys.csv'
      const device = parseRegister(box.read(path), path).find('6892850')!
      deepEqual([device.name, device.kind], ['Heating', 'heat'])
      equal(box.read('/etc/meterlogger/key'), `${toHex(device.key)}\n`)
      match(box.read('/etc/meterlogger/bridge.env'), /^OPTIONS=--home-assistant --out mqtt:\S+\n$/)
      ok(existsSync(box.path('/etc/systemd/system/meterlogger-twin.service')))
      match(box.read('meter.key'), /^[0-9a-f]{32}\n$/)
    },
  },
  {
    path: 'docs/flowiq-owner.md',
    prepare() {},
    check(box) {
      const { name, kind } = parseRegister(box.read('keys.csv'), 'keys.csv').find('74493770')!
      deepEqual([name, kind], ['Water', 'water'])
    },
  },
  { path: 'docs/boards.md', ...BOARD },
  {
    path: 'docs/fleet.md',
    prepare(box) {
      BOARD.prepare(box)
      UPDATE.prepare(box)
      box.run('npx meterlogger update keygen --private-key update-private.pem --public-key pair.pem')
    },
    check(box) {
      BOARD.check(box)
      UPDATE.check(box)
      match(box.read('labels.svg'), /^<svg /m)
    },
  },
  { path: 'docs/update.md', ...UPDATE },
  {
    path: 'docs/running.md',
    prepare() {},
    check(box) {
      const users = box.read('packaging/container/secrets/mosquitto-passwords').split('\n')
      deepEqual(
        users.map((line) => line.split(':')[0]!),
        ['bridge', 'device', 'homeassistant', 'operator', ''],
      )
      match(box.read('packaging/container/secrets/pgpass'), /^postgres:5432:meterlogger:meterlogger:[0-9a-f]{32}\n$/)
      ok(box.noted().includes('docker compose up --detach'))
    },
  },
  {
    path: 'docs/tls.md',
    prepare(box) {
      const issuer = certificate({ name: 'tls.md' })
      box.write('ca.crt', issuer.pem)
      box.write('broker.crt', certificate({ issuer }).pem)
      box.write('fingerprint', issuer.fingerprint)
    },
    check(box, output) {
      equal(/=([0-9A-F:]+)/.exec(output)![1]!.replaceAll(':', '').toLowerCase(), box.read('fingerprint'))
      equal(box.read('chain.crt'), box.read('broker.crt') + box.read('ca.crt'))
    },
  },
]

describe('the commands of the documents', () => {
  let box: Sandbox

  before(function () {
    needs(this, missingOpenssl() ?? missingMosquitto())
  })

  beforeEach(() => {
    box = new Sandbox()
  })

  afterEach(() => box?.close())

  it('are looked at', () => {
    ok(EXAMPLES.length > 6)
    for (const { path } of SCRIPTS) ok(DOCUMENTS.includes(path), path)
  })

  for (const { part, name } of parts(EXAMPLES.length)) {
    const { path, block } = EXAMPLES[part]!
    it(`of ${path} print what stands there, ${name}`, () => {
      let before = ''
      for (const { command, output, isCut } of block) {
        const printed = box.run(`${before}${command}`).replaceAll('\n', '')
        if (output !== '') equal(isCut ? printed.slice(0, output.length) : printed, output, command)
        if (command.startsWith('export ')) before += `${command}\n`
      }
    })
  }

  for (const { part, name } of parts(SCRIPTS.length)) {
    const { path, prepare, check } = SCRIPTS[part]!
    it(`of ${path} run as they are typed, ${name}`, () => {
      prepare(box)
      let output = ''
      for (const block of blocks(path, 'sh')) {
        const lines = joined(block).filter((line) => !LIVE.test(line))
        output += box.run(lines.join('\n'))
      }
      check(box, output)
    })
  }

  it('that send a form of the portal send one that is taken', async () => {
    const lines = DOCUMENTS.flatMap(typed).filter((line) => line.startsWith('curl '))
    ok(lines.length > 1)
    for (const line of lines) {
      const { online, post } = setUpTwin()
      await online()
      const form = [...line.matchAll(/ -d '?([^' ]+)/g)].map((found) => found[1]!).join('&')
      const { pathname } = new URL(/http:\S+/.exec(line)![0])
      equal((await post(pathname, form)).split('\r\n')[0], 'HTTP/1.1 302 Found', line)
    }
  })
})
