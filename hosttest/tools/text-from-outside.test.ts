// node only
import { equal, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectAsync } from 'mqtt'
import { SettingsStore } from '../../modules/storage/settings-store.js'
import { EmbeddedBroker } from '../../twin/broker.js'
import { FileStorage } from '../../twin/file-storage.js'
import { commandLine, KEY } from '../support/cli.js'
import { testClock } from '../support/clock.js'
import { Lines } from '../support/lines.js'
import { zip } from '../support/zip.js'

/** Clears a terminal, and writes what follows from right to left. */
const HOSTILE = 'Cellar\u001b[2J\u202egnp'
const SHOWN = 'Cellar\\u001b[2J\\u202egnp'

describe('text from outside in what the command line says', () => {
  const { start, meterlogger } = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-outside-'))
  after(() => rmSync(folder, { recursive: true }))

  it('is escaped where it is a topic, and the password of the broker is left out', async () => {
    const broker = await EmbeddedBroker.listen(0)
    const child = start('listen', '--broker', broker.url.replace('//', '//me:sesame@'), '--key', KEY)
    const said = new Lines(child.stderr)
    ok(!(await said.find(/^listening on /)).includes('sesame'))
    const somebody = await connectAsync(broker.url)
    await somebody.publishAsync(`/${HOSTILE}/v2/1234567/1700000000`, Buffer.from('x'), { qos: 1 })
    ok((await said.find(/Cellar/)).startsWith(`/${SHOWN}/v2/1234567/1700000000: `))
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    await ended
    await somebody.endAsync(true)
    await broker.close()
    const { err } = await meterlogger([
      'send',
      'ping',
      '--serial',
      '1',
      '--broker',
      'mqtt://me:sesame@127.0.0.1:1',
      '--key',
      KEY,
    ])
    ok(err.includes('me:***@127.0.0.1:1') && !err.includes('sesame'), err)
  })

  it('is escaped where it is the name of a network, in the log of the twin', async () => {
    const state = join(folder, 'state')
    new SettingsStore({ storage: new FileStorage(state), clock: testClock() }).update({ ssid: HOSTILE })
    const child = start('twin', '--fresh', '--state', state, '--speed', '20')
    equal(await new Lines(child.stderr).find(/Cellar/), `wifi: joining ${SHOWN}`)
  })

  it('is escaped where it is the name of a file in a KEM container', async () => {
    const path = join(folder, 'hostile.kem')
    const data = Buffer.from('<x/>')
    const container = zip([{ name: `${HOSTILE}\n.kem`, data }])
    const directory = container.indexOf('PK\x01\x02')
    // The name is UTF-8, and the checksum is another.
    for (const at of [6, directory + 8]) container.writeUInt16LE(0x800, at)
    for (const at of [14, directory + 16]) container.writeUInt32LE(container.readUInt32LE(at) ^ 1, at)
    writeFileSync(path, container)
    const { code, err } = await meterlogger(['kem', path, '--password', 'x'])
    equal(code, 1)
    ok(err.includes(SHOWN) && !err.includes('\u001b'), JSON.stringify(err))
  })
})
