// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { parsePartitions } from '../../image/partitions.js'
import { boardOf, boardProblem } from '../../site/flash/boards.js'
import { type Entries, factsOf, newKey } from '../../site/flash/entries.js'
import { firmwareOf, type Piece, pieceOf } from '../../site/flash/firmware.js'
import { readTable, tableOf } from '../../site/flash/partition-table.js'
import { manifestOf, signedFile } from '../../tools/signed-file.js'
import { pointOf } from '../../tools/update-key.js'
import { makeImage } from '../../twin/image.js'
import { buildFiles, TABLES } from './build-files.js'

const KEY = '00112233445566778899aabbccddeeff'
const EMPTY: Entries = {
  key: '',
  serial: '',
  ssid: '',
  password: '',
  broker: '',
  user: '',
  'broker-password': '',
  certificate: '',
  'update-key': '',
}

describe('what somebody types on the page that flashes', () => {
  const good: Entries = { ...EMPTY, key: KEY, serial: '7000001' }
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = String(pair.publicKey.export({ format: 'pem', type: 'spki' }))

  it('is what image provision is given', () => {
    deepEqual(factsOf(good), { facts: { key: KEY, serial: '7000001' } })
    deepEqual(
      factsOf({
        key: ' 0011 2233\u00a04455 6677 8899 AABB CCDD EEFF\n',
        serial: '12 345',
        ssid: ' kælder ',
        password: 'very secret',
        broker: 'broker.example.org:1884',
        user: 'me',
        'broker-password': 'p&w',
        certificate: `${'AB:'.repeat(31)}AB`,
        'update-key': pem,
      }),
      {
        facts: {
          key: KEY,
          serial: '0012345',
          network: { ssid: ' kælder ', password: 'very secret' },
          broker: { host: 'broker.example.org', port: 1884, user: 'me', password: 'p&w', certificate: 'ab'.repeat(32) },
          updateKey: pointOf(pair.publicKey),
        },
      },
    )
  })

  it('is refused with words for the field that is wrong, which show no secret', () => {
    for (const [entry, field, reason] of [
      [{ key: '' }, 'key', /^Make a key/],
      [{ key: KEY.slice(1) }, 'key', /expected 32 hex digits, got 31/],
      [{ key: `${KEY.slice(1)}g` }, 'key', /expected 32 hex digits/],
      [{ key: 'ef500c9268cf749016d26d6cbfaaf7bf' }, 'key', /^Everybody knows this key/],
      [{ serial: '70a' }, 'serial', /1 to 12 digits/],
      [{ ssid: 'å'.repeat(17) }, 'ssid', /32 bytes/],
      [{ ssid: 'cellar', password: 'short' }, 'password', /8 to 63/],
      [{ password: 'very secret' }, 'ssid', /of which network/],
      [{ broker: 'no host!' }, 'broker', /^The broker: /],
      [{ user: 'me' }, 'broker', /of which broker/],
      [{ broker: 'broker', certificate: 'abc' }, 'broker', /certificate: expected 64/],
      [{ 'update-key': String(pair.privateKey.export({ format: 'pem', type: 'pkcs8' })) }, 'update-key', /private key/],
      [{ 'update-key': 'hello' }, 'update-key', /no public key of P-256/],
    ] as const) {
      const result = factsOf({ ...good, ...entry })
      ok('problems' in result, field)
      deepEqual([...result.problems.keys()], [field])
      match(result.problems.get(field)!, reason)
      for (const secret of Object.values(entry).filter((text) => text.length > 9))
        ok(!result.problems.get(field)!.includes(secret))
    }
  })

  it('may be a key that was made out of random bytes', () => {
    equal(
      newKey((bytes) => bytes.set([0xab, 1])),
      `ab01${'00'.repeat(14)}`,
    )
  })
})

describe('the files of the page that flashes', () => {
  const files = buildFiles()
  const pieces = (...chosen: { name: string; bytes: Uint8Array }[]): Piece[] =>
    chosen.map((file) => {
      const piece = pieceOf(file)
      ok(piece.ok, piece.ok ? '' : piece.error)
      return piece.value
    })
  const error = (name: string, bytes: Uint8Array) => {
    const piece = pieceOf({ name, bytes })
    return piece.ok ? undefined : piece.error
  }
  const csv = (text: string) => new TextEncoder().encode(text)

  it('are known by what they hold, whatever they are called', () => {
    const named = files.map(({ bytes }, i) => ({ name: `${i}`, bytes })).reverse()
    const made = firmwareOf(
      pieces({ name: 'ota_data_initial.bin', bytes: new Uint8Array(0x2000).fill(0xff) }, ...named),
    )
    ok(made.ok)
    deepEqual(made.value.facts, { chip: 'esp32', variant: 'devkit', version: '0.2.0' })
    deepEqual(
      [made.value.bootLoader, made.value.table, made.value.program],
      files.map(({ bytes }) => bytes),
    )
  })

  it('may be those of a release: a signed program, and the table as CSV', () => {
    const image = makeImage({ version: '0.2.0', variant: 'daughterboard-ble' })
    const manifest = manifestOf(image)
    ok(manifest.ok)
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const made = firmwareOf(
      pieces(
        files[0]!,
        { name: 'meterlogger.signed', bytes: signedFile(image, manifest.value, privateKey) },
        { name: 'partitions-one-slot.csv', bytes: csv(TABLES.one.replaceAll('\n', '\r\n')) },
      ),
    )
    ok(made.ok)
    deepEqual(Uint8Array.from(made.value.program), image)
    deepEqual(made.value.partitions, parsePartitions(TABLES.one))
  })

  it('are refused by name where they are damaged, cut off, or something else', () => {
    const [bootLoader, table, program] = files.map(({ bytes }) => bytes) as [Uint8Array, Uint8Array, Uint8Array]
    const changed = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte))
    match(error('a.bin', changed(program, 900))!, /^a\.bin: a damaged image/)
    match(error('a.bin', program.subarray(0, 900))!, /cut off/)
    match(error('a.bin', changed(bootLoader, 900))!, /a damaged boot loader/)
    match(error('a.bin', bootLoader.subarray(0, 900))!, /a boot loader that is cut off/)
    match(error('a.bin', changed(table, 5))!, /a damaged partition table/)
    match(error('a.bin', makeImage({ version: '1', project: 'blink' }))!, /the program "blink", not the MeterLogger/)
    match(error('a\u202e.bin', csv('hello'))!, /^a\\u202e\.bin: no boot loader, partition table or program/)
    match(error('empty', new Uint8Array(0))!, /no boot loader/)
    match(error('a.csv', csv('nvs, data, nvs, , 0x6000'))!, /names no place/)
    match(error('a.csv', csv('nvs, data, constructor, 0x9000, 0x6000'))!, /line 1 cannot be read/)
    for (let at = 0; at < 64; at++) error('cut', program.subarray(0, at))
  })

  it('are refused together where one is missing, twice there, or of another build', () => {
    const reason = (...chosen: readonly { name: string; bytes: Uint8Array }[]) => {
      const made = firmwareOf(pieces(...chosen))
      return made.ok ? '' : made.error
    }
    const [bootLoader, table, program] = files as [(typeof files)[0], (typeof files)[0], (typeof files)[0]]
    match(reason(table, program), /^the boot loader is missing/)
    match(reason(bootLoader, program), /^the partition table is missing/)
    match(reason(bootLoader, table), /^the program is missing/)
    match(reason(bootLoader, table, table, program), /2 files with a partition table/)
    match(
      reason(buildFiles({ chip: 'esp32c3' })[0]!, table, program),
      /boot loader is for esp32c3, the program for esp32/,
    )
  })

  it('are for the board that was chosen', () => {
    const facts = { chip: 'esp32', variant: 'devkit-ble', version: '0.2.0' }
    equal(boardProblem(boardOf('esp32:devkit'), facts), undefined)
    equal(boardProblem(boardOf('esp32:'), facts), undefined)
    match(boardProblem(boardOf('esp32:daughterboard'), facts)!, /built for devkit-ble, and you chose daughterboard/)
    match(boardProblem(boardOf('esp32c3:'), facts)!, /for the chip ESP32, and the board that you chose has an ESP32-C3/)
  })

  it('have a table in flash as ESP-IDF writes it', () => {
    // The MD5 of what gen_esp32part.py of ESP-IDF v6.0 makes of the same two.
    for (const [text, md5] of [
      [TABLES.two, '18e2057b3fb7d6d66fdea3069fabd8f9'],
      [TABLES.one, '67efd02a04154d1711bf222a837ac795'],
    ] as const) {
      const table = tableOf(text)
      ok(table.ok)
      equal(createHash('md5').update(table.value).digest('hex'), md5)
      deepEqual(readTable(table.value), { ok: true, value: parsePartitions(text) })
    }
  })
})
