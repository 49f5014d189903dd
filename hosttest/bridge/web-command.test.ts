import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedBroker } from '../../twin/broker.js'
import { HEAT, Heard, SimpleDevice } from '../support/bridge.js'
import { commandLine, KEY } from '../support/cli.js'
import { Lines } from '../support/lines.js'
import { until } from '../support/until.js'
import { ask } from '../support/web.js'

const now = () => Math.floor(Date.now() / 1000)

describe('bridge --web', () => {
  const { start, meterlogger } = commandLine()
  let broker: EmbeddedBroker
  let folder: string
  let heard: Heard

  beforeEach(async () => {
    broker = await EmbeddedBroker.listen(0)
    folder = mkdtempSync(join(tmpdir(), 'meterlogger-bridge-web-'))
    heard = await Heard.of(broker.url, '#')
  })

  afterEach(async () => {
    await heard.close()
    await broker.close()
    rmSync(folder, { recursive: true })
  })

  const options = (...more: string[]) => ['bridge', '--broker', broker.url, '--key', KEY, ...more]

  it('shows a sample that has come, tells of the next one live, and ends while somebody looks', async () => {
    const child = start(...options('--database', `file:${join(folder, 'meters')}`, '--web', '0'))
    const url = new URL((await new Lines(child.stderr).find(/^pages /)).slice('pages '.length))
    equal(url.hostname, '127.0.0.1')
    const device = new SimpleDevice(heard.client, '1234567', KEY)
    await device.say('sample', HEAT, now() - 5)
    let location: string | undefined
    await until(async () => {
      location = (await ask(new URL('/meter/1234567', url))).headers.location
      return location !== undefined
    }, 'the sample in the database')
    const day = await ask(new URL(`${location}.csv`, url))
    match(
      day.text,
      /\r\n20[0-9T:-]{17}Z,20[0-9T:-]{17}Z,12345.000,123.450000,1234567.000,,68.460,32.100,,36.360,120.000,5.100,,\r\n$/,
    )
    const live = await fetch(new URL('/live', url))
    let told = ''
    const listening = (async () => {
      for await (const part of live.body!) told += Buffer.from(part).toString()
    })().catch(() => {})
    await until(async () => {
      await device.say('sample', HEAT, now())
      return told.includes('data: news')
    }, 'the news')
    child.kill('SIGTERM')
    deepEqual(await once(child, 'close'), [0, null])
    await listening
  })

  it('wants a database, and a password where others can look', async () => {
    const password = join(folder, 'password')
    writeFileSync(password, 'short\nlong enough, but in the second line\n', { mode: 0o600 })
    const database = ['--database', `file:${join(folder, 'meters')}`]
    for (const [more, problem] of [
      [['--web', '0'], /^meterlogger: --web: shows what is in a database; give one with --database$/m],
      [
        [...database, '--web', '0', '--listen', '0.0.0.0'],
        /--web: others reach 0\.0\.0\.0; give a password with --web-password-file/,
      ],
      [[...database, '--web', '0', '--listen', '::'], /give a password with --web-password-file/],
      [[...database, '--web', '0', '--web-password-file', password], /expected a password of at least 8 characters/],
      [[...database, '--web', '0', '--web-password-file', join(folder, 'none')], /none/],
      [['--web-password-file', password], /nothing asks for it without --web/],
      [[...database, '--web', '65536'], /--web: expected a number/],
    ] as const) {
      const { code, err } = await meterlogger(options(...more))
      equal(code, 2, more.join(' '))
      match(err, problem)
    }
  })

  it('asks for the password of a file, and warns when others can read it', async () => {
    const password = join(folder, 'password')
    writeFileSync(password, 'sesame, open\r\n', { mode: 0o644 })
    const more = ['--web', '0', '--listen', '0.0.0.0', '--web-password-file', password]
    const child = start(...options('--database', `file:${join(folder, 'meters')}`, ...more))
    const log = new Lines(child.stderr)
    await log.find(/password: others on this computer can read it; chmod 600 ends that/)
    const { port } = new URL((await log.find(/^pages /)).slice('pages '.length))
    const authorization = `Basic ${Buffer.from('x:sesame, open').toString('base64')}`
    const page = new URL(`http://127.0.0.1:${port}/`)
    equal((await ask(page)).status, 401)
    equal((await ask(page, { authorization, host: 'meters.example' })).status, 200)
    ok(!log.all.join('\n').includes('sesame'))
  })
})
