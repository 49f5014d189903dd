// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { NVS_OFFSET, NVS_SIZE, provisionedPartition } from '../../image/provision.js'
import { NO_SERIAL } from '../../modules/app/flags.js'
import { fromHex } from '../../modules/codec/hex.js'
import { decodeUtf8 } from '../../modules/codec/utf8.js'
import { ProvisionStore } from '../../modules/storage/provision.js'
import { fromStored } from '../../modules/storage/settings.js'
import { Slots } from '../../modules/storage/slots.js'
import { pointOf } from '../../tools/update-key.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { testTwin } from '../../twin/virtual.js'
import { SimulatedWifi } from '../../twin/wifi.js'
import { certificate } from '../support/certificates.js'
import { commandLine } from '../support/cli.js'
import { NvsReader } from '../support/nvs-reader.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const KEY = 'ef500c9268cf749016d26d6cbfaaf7b0'

const sourceOf = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** The settings that a device finds, as JSON. */
function settingsIn(partition: Uint8Array): Uint8Array | undefined {
  return new Slots(new NvsReader(partition).storage('meterlogger'), 'settings').read()
}

const provisionIn = (partition: Uint8Array) =>
  new ProvisionStore(new NvsReader(partition).storage('meterlogger')).values

describe('the partition of a provisioned board', () => {
  it('is read by the firmware as settings, which keep their own values where nothing was given', () => {
    const partition = provisionedPartition({
      key: KEY,
      serial: '7000001',
      network: { ssid: 'kælder', password: 'very secret' },
      broker: { host: 'broker.example.org', port: 1884 },
      updateKey: 'ab'.repeat(64),
    })
    const own = fromStored(undefined)
    deepEqual(fromStored(settingsIn(partition)), {
      ...own,
      ssid: 'kælder',
      password: 'very secret',
      mqttHost: 'broker.example.org',
      mqttPort: 1884,
    })
    deepEqual(provisionIn(partition), { key: KEY, provisionedSerial: '7000001', updateKey: 'ab'.repeat(64) })
  })

  it('has no settings where none are given', () => {
    const partition = provisionedPartition({ key: KEY, serial: '7000001' })
    deepEqual(provisionIn(partition), { key: KEY, provisionedSerial: '7000001' })
    equal(settingsIn(partition), undefined)
  })

  it('has room for the longest of everything', () => {
    const partition = provisionedPartition({
      key: KEY,
      serial: '9'.repeat(12),
      network: { ssid: '\u0001'.repeat(32), password: '"'.repeat(63) },
      broker: { host: 'h'.repeat(253), port: 65_535, user: '\u0001'.repeat(64), password: '\u0001'.repeat(64) },
      updateKey: 'ab'.repeat(64),
    })
    equal(fromStored(settingsIn(partition)).mqttPassword, '\u0001'.repeat(64))
  })

  it('is all that a common image needs to be online under its own key and number', async () => {
    const { ssid, password } = SimulatedWifi
    const updateKey = 'ab'.repeat(64)
    const partition = provisionedPartition({
      key: KEY,
      serial: '7000001',
      network: { ssid, password },
      broker: { host: 'elsewhere.example.org', port: 1884 },
      updateKey,
    })
    const { read } = new NvsReader(partition).storage('meterlogger')
    const storage = new MemoryStorage()
    for (const name of ['provision.b', 'settings.b']) storage.write(name, read(name)!)
    // A build without a meter that tells a number.
    const device = testTwin({ SERIAL: NO_SERIAL, DEBUG_NO_METER: '1' }, { ownKey: fromHex(KEY), storage, fresh: true })
    await device.online()
    equal(device.twin.serial, '7000001')
    ok(device.messages('version').length > 0)
    ok(device.log.some((line) => line.includes('mqtt: connecting to elsewhere.example.org:1884 as 7000001')))
    ok((await device.ask('update', 'version=0.2.0&url=http://updates/a'))[0]?.includes('state=accepted'))
    device.twin.close()
  })

  it('is where the table of partitions and the SDK have it', () => {
    const [, offset, size] = /^nvs, +data, nvs, +(0x\w+), +(0x\w+)/m.exec(sourceOf('manifests/partitions.csv'))!
    deepEqual([Number(offset), Number(size)], [NVS_OFFSET, NVS_SIZE])
    match(sourceOf('modules/device/storage.ts'), /const DOMAIN = 'meterlogger'/)
  })
})

describe('image provision', () => {
  const { meterlogger } = commandLine()
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-image-'))
  const [keys, publicKey, out] = ['keys.csv', 'public.pem', 'nvs.bin'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const common = ['image', 'provision', '--keys', keys, '--out', out]
  before(() => {
    writeFileSync(keys, `serial,key\n7000001,${KEY.toUpperCase()}\n`, { mode: 0o600 })
    writeFileSync(publicKey, pair.publicKey.export({ format: 'pem', type: 'spki' }))
  })
  beforeEach(() => rmSync(out, { force: true }))
  after(() => rmSync(folder, { recursive: true }))

  it('overwrites nothing: the file may be the only one with what a board holds', async () => {
    writeFileSync(out, 'before')
    const { code, err } = await meterlogger([...common, '--serial', '7000001'])
    deepEqual([code, err], [2, `meterlogger: ${out}: is there already, and is not overwritten\n`])
    equal(readFileSync(out, 'utf8'), 'before')
  })

  it('writes what was given to a file that nobody else can read', async () => {
    const { code, err } = await meterlogger([
      ...common,
      ...['--serial', '07000001', '--ssid', 'cellar', '--password', 'very secret', '--update-key', publicKey],
      ...['--broker', 'mqtt://me:p%26w@broker.example.org:1884'],
    ])
    equal(code, 0, err)
    equal(statSync(out).mode & 0o777, 0o600)
    const partition = readFileSync(out)
    const updateKey = pointOf(pair.publicKey)
    deepEqual(provisionIn(partition), { key: KEY, provisionedSerial: '7000001', updateKey })
    deepEqual(JSON.parse(decodeUtf8(settingsIn(partition)!)), {
      ssid: 'cellar',
      password: 'very secret',
      mqttHost: 'broker.example.org',
      mqttPort: 1884,
      mqttUser: 'me',
      mqttPassword: 'p&w',
    })
  })

  it('has a broker trusted by its one certificate', async () => {
    const [ca, two] = [certificate({}), certificate({})]
    const [one, both] = ['ca.pem', 'two.pem'].map((name) => join(folder, name)) as [string, string]
    writeFileSync(one, ca.pem)
    writeFileSync(both, `${ca.pem}\n${two.pem}`)
    const args = [...common, '--serial', '7000001', '--broker', 'mqtts://broker.example.org']
    const { code, err } = await meterlogger([...args, '--ca', one])
    equal(code, 0, err)
    deepEqual(JSON.parse(decodeUtf8(settingsIn(readFileSync(out))!)), {
      mqttHost: 'broker.example.org',
      mqttPort: 8883,
      mqttCertificate: ca.fingerprint,
    })
    for (const [more, reason] of [
      [[], /--ca: a board trusts one certificate, got 0/],
      [['--ca', both], /--ca: a board trusts one certificate, got 2/],
      [['--ca', keys], /--ca: no certificate, PEM/],
    ] as const) {
      const refused = await meterlogger([...args, ...more])
      equal(refused.code, 2)
      match(refused.err, reason)
    }
  })

  it('takes secrets from files and the environment', async () => {
    const wifi = join(folder, 'wifi.txt')
    writeFileSync(wifi, 'very secret\n')
    const args = [...common, '--serial', '7000001', '--ssid', 'cellar', '--broker', 'mqtt://me@broker']
    const passwords = () => {
      const { password, mqttPassword } = JSON.parse(decodeUtf8(settingsIn(readFileSync(out))!))
      return [password, mqttPassword]
    }
    try {
      process.env.BROKER_PASSWORD = 'of the broker'
      equal((await meterlogger([...args, '--password-file', wifi])).code, 0)
      deepEqual(passwords(), ['very secret', 'of the broker'])
      process.env.WIFI_PASSWORD = 'other secret'
      rmSync(out)
      equal((await meterlogger(args)).code, 0)
      deepEqual(passwords(), ['other secret', 'of the broker'])
    } finally {
      delete process.env.BROKER_PASSWORD
      delete process.env.WIFI_PASSWORD
    }
  })

  it('refuses what a board could not use, and writes no file', async () => {
    for (const [args, reason] of [
      [['--serial', '7000002'], /no device "7000002"/],
      [['--serial', '7000001', '--ssid', 'x'.repeat(33)], /--ssid: expected 1 to 32 bytes/],
      [['--serial', '7000001', '--ssid', 'a', '--password', 'short'], /--password: expected 8 to 63/],
      [['--serial', '7000001', '--password', 'very secret'], /--password: needs --ssid/],
      [['--serial', '7000001', '--broker', `mqtt://${'u'.repeat(65)}@host`], /--broker: user: expected at most 64/],
      [['--serial', '7000001', '--broker', 'http://host'], /expected mqtt/],
      [['--serial', '7000001', '--ca', keys], /--ca: needs --broker/],
      [['--serial', '7000001', '--update-key', keys], /--update-key: expected a public key of P-256/],
    ] as const) {
      const { code, err } = await meterlogger([...common, ...args])
      equal(code, 2, `${args}: ${err}`)
      match(err, reason)
      ok(!err.includes('very secret'))
    }
    const { code, err } = await meterlogger([
      ...['image', 'provision', '--serial', '7000001', '--keys', keys],
      '--out',
      keys,
    ])
    deepEqual([code, err], [2, `meterlogger: ${keys}: is there already, and is not overwritten\n`])
    ok(readFileSync(keys, 'utf8').startsWith('serial,key'))
    equal(statSync(out, { throwIfNoEntry: false }), undefined)
  })
})
