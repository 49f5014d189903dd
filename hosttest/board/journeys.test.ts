// node only
import { equal, rejects } from 'node:assert/strict'
import { toHex } from '../../modules/codec/hex.js'
import { makeImage } from '../../twin/image.js'
import { certificate } from '../support/certificates.js'
import { dealt } from '../support/parts.js'
import { signed, UPDATE_KEY } from '../support/update.js'
import { needsMachine } from '../xs/needs-machine.js'
import { MANIFESTS, TLS_MANIFESTS } from './manifest.js'
import { runBoard } from './run.js'

const KEY = 'b1c0a5e2f47d3968805e1f6a9c2b7d43'
const FORM = 'essid=twin&passwd=simulated&mqtthost=broker'

/** Every meter that a board can be built for. */
const METERS: readonly (readonly [name: string, flags: Record<string, string>, form?: string])[] = [
  ['a MULTICAL 601', {}],
  ['a MULTICAL 66-C', { EN61107: '1' }],
  ['a MULTICAL 66-B', { MC_66B: '1' }],
  ['impulses', { IMPULSE: '1' }, `${FORM}&impulse_meter_units=1234%2C5&impulses_per_unit=1000`],
  [
    'impulses of water',
    { IMPULSE: '1', FLOW_METER: '1' },
    `${FORM}&impulse_meter_units=1234%2C5&impulses_per_unit=1000`,
  ],
  ['no meter', { DEBUG_NO_METER: '1' }],
]

/** With the manifests that have BLE. */
const RADIO: typeof METERS = [
  ['a MULTICAL 601 and a FlowIQ', { BLE: '1', WATER_METERS: `12345678:${KEY}` }],
  ['a FlowIQ alone', { FLOWIQ: '1', WATER_METERS: `12345678:${KEY}` }],
]

/** Every meter with every manifest that knows it. */
const BOARDS = MANIFESTS.flatMap((manifest) =>
  [...METERS, ...(manifest.includes('ble') ? RADIO : [])].map((meter) => [manifest, ...meter] as const),
)
const { items, name: part } = dealt(BOARDS, 5)

describe(`a factory-new board, ${part},`, function () {
  this.timeout(600_000)
  needsMachine(this)

  for (const [manifest, name, flags, form = FORM] of items)
    it(`of ${manifest} for ${name} is set up by telephone, samples, and does it again after a restart`, async () => {
      const { lines } = await runBoard({
        manifest,
        flags: { KEY, SERIAL: '1234567', DEBUG: '1', ...flags },
        world: `import { factoryNew } from './world/factory-new.js'
void factoryNew(${JSON.stringify(form)}, ${JSON.stringify(flags)})`,
      })
      equal(lines.at(-1), 'well')
    })
})

describe('a board whose set-up network a stranger has joined', function () {
  needsMachine(this)

  it('is not restarted by connections that are gone at any moment, and serves the next guest', async () => {
    const { lines } = await runBoard({
      flags: { KEY, SERIAL: '1234567', DEBUG: '1' },
      world: `import { portScan } from './world/port-scan.js'
void portScan()`,
    })
    equal(lines.at(-1), 'well')
  })
})

describe('a board whose home network holds the set-up network', function () {
  needsMachine(this)

  it('moves that one to another address', async () => {
    const { lines } = await runBoard({
      flags: { KEY, SERIAL: '1234567', DEBUG: '1' },
      world: `import { wideNetwork } from './world/wide-network.js'
void wideNetwork()`,
    })
    equal(lines.at(-1), 'well')
  })
})

describe('a board near networks whose names are not UTF-8', function () {
  needsMachine(this)

  it('tells these names, and nothing of its memory behind them', async () => {
    const { lines } = await runBoard({
      flags: { KEY, SERIAL: '1234567', DEBUG: '1' },
      world: `import { latin1Names } from './world/latin1-names.js'
void latin1Names()`,
    })
    equal(lines.at(-1), 'well')
  })
})

describe('a board with an image for all boards', function () {
  needsMachine(this)

  for (const DEBUG of ['0', '1'])
    it(`is given its key by telephone and keeps it, with DEBUG=${DEBUG}`, async () => {
      const { lines } = await runBoard({
        flags: { DEBUG },
        world: `import { keyless } from './world/keyless.js'
void keyless(${JSON.stringify(FORM)}, { DEBUG: '${DEBUG}' })`,
      })
      equal(lines.at(-1), 'well')
    })

  it('goes on with the key of the image before', async () => {
    const { lines } = await runBoard({
      flags: { DEBUG: '1' },
      world: `import { commonImage } from './world/keyless.js'
void commonImage({ DEBUG: '1' }, { KEY: '${KEY}', SERIAL: '1234567' })`,
    })
    equal(lines.at(-1), 'well')
  })
})

describe('a board that is reset to factory settings', function () {
  needsMachine(this)

  it('starts again without its network, keeps its key, and is set up anew', async () => {
    const { lines } = await runBoard({
      flags: { DEBUG: '1' },
      world: `import { factoryReset } from './world/factory-reset.js'
void factoryReset(${JSON.stringify(FORM)}, { DEBUG: '1' })`,
    })
    equal(lines.at(-1), 'well')
  })
})

describe('a board that is told to update', function () {
  needsMachine(this)

  it('runs the new image when that proves itself, and the one before when not', async () => {
    const file = (version: string) => signed(makeImage({ version, variant: 'devkit', size: 20_000 }))
    const changed = file('0.3.0')
    changed[15_000]! ^= 1
    const files = [file('0.2.0'), changed, file('0.4.0')].map((bytes) => toHex(bytes))
    const { lines } = await runBoard({
      flags: { KEY, SERIAL: '1234567', DEBUG: '1', UPDATE_KEY },
      world: `import { updated } from './world/updated.js'
void updated(${JSON.stringify(files)})`,
    })
    equal(lines.at(-1), 'well')
  })

  it('says why it does not where its image has no room for another one', async () => {
    const { lines } = await runBoard({
      manifest: 'manifests/devkit-ble.json',
      flags: { KEY, SERIAL: '1234567', DEBUG: '1', UPDATE_KEY },
      world: `import { notUpdated } from './world/updated.js'
void notUpdated()`,
    })
    equal(lines.at(-1), 'well')
  })
})

/** Passes every record. */
const NO_GUARD = `export const FRAGMENT = 4096
export class TlsGuard {
  isOpen = true
  #bytes = []
  get wanted() {
    const bytes = this.#bytes
    return (bytes.length < 5 ? 5 : 5 + ((bytes[3] << 8) | bytes[4])) - bytes.length
  }
  take(piece) {
    for (const byte of piece) this.#bytes.push(byte)
    if (this.wanted > 0 || this.#bytes.length === 5) return undefined
    const record = Uint8Array.from(this.#bytes)
    this.#bytes = []
    return record
  }
}`

describe('a board with TLS', function () {
  needsMachine(this)

  // The world begins in June 2026.
  const dates = { from: new Date('2026-01-01'), to: new Date('2027-01-01') }
  const ca = certificate(dates)
  const chainOf = (options: object) =>
    [certificate({ issuer: ca, names: ['broker'], ...dates, ...options }), ca].map(({ der }) => toHex(der))
  const chains = {
    pinned: ca.fingerprint,
    good: chainOf({}),
    bad: [
      [chainOf({ issuer: certificate(dates) }), "the broker's certificate is not signed by the one above it"],
      [chainOf({ names: ['other'] }), "the broker's certificate is not for broker, but for other"],
      [chainOf({ to: new Date('2026-05-31') }), "the broker's certificate has run out"],
      [chainOf({}).slice(0, 1), 'none of the certificates that the broker sent is the pinned one'],
    ],
  }

  it('without the guard would believe a stranger, and would log in without TLS', async () => {
    const flags = { KEY, SERIAL: '1234567', DEBUG: '1', TLS: '1' }
    const journey = (given: object) =>
      runBoard({
        manifest: 'manifests/devkit-tls.json',
        flags,
        replaced: { 'tls/tls-guard': NO_GUARD },
        world: `import { overTls } from './world/over-tls.js'
void overTls(${JSON.stringify(given)}, ${JSON.stringify(flags)})`,
      })
    await rejects(journey(chains), /nobody logs in at a broker/)
    await rejects(journey({ ...chains, bad: [] }), /records with data before the handshake was done/)
  })

  it('in its settings but not in its image never calls that broker', async () => {
    const flags = { KEY, SERIAL: '1234567', DEBUG: '1', TLS: '1', MQTT_BROKER: 'mqtts://broker' }
    const built = { ...flags, MQTT_CERTIFICATE: ca.fingerprint }
    const { lines } = await runBoard({
      flags: built,
      world: `import { withoutTls } from './world/over-tls.js'
void withoutTls(${JSON.stringify(built)})`,
    })
    equal(lines.at(-1), 'well')
  })

  for (const manifest of TLS_MANIFESTS)
    it(`of ${manifest} samples over it, and trusts nobody but whom it was told to`, async () => {
      const flags = { KEY, SERIAL: '1234567', DEBUG: '1', TLS: '1' }
      const { lines } = await runBoard({
        manifest,
        flags,
        world: `import { overTls } from './world/over-tls.js'
void overTls(${JSON.stringify(chains)}, ${JSON.stringify(flags)})`,
      })
      equal(lines.at(-1), 'well')
    })
})

describe('a board in later years', function () {
  needsMachine(this)

  for (const year of [2037, 2039, 2110]) {
    it(`of ${year} takes the time of its server, samples and is commanded`, async () => {
      const { lines } = await runBoard({
        flags: { KEY, SERIAL: '1234567', DEBUG: '1' },
        world: `import { inYear } from './world/later.js'
void inYear(${year})`,
      })
      equal(lines.at(-1), 'well')
    })
  }
})
