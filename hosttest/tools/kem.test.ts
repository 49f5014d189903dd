import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { createCipheriv } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type KemContent, readKem } from '../../decoders/kem.js'
import type { KemMeter } from '../../decoders/kem-list.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { commandLine } from '../support/cli.js'
import { cpuTime } from '../support/cpu-time.js'
import { type ZipEntry, zip } from '../support/zip.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PASSWORD = 'Pass1234'
const KEY = '44E9112D06BD762EC2BFECE57E487C9B'
const BOM = '\uFEFF'

const FLOWIQ: KemMeter = {
  serial: '74493770',
  key: KEY,
  number: '1',
  name: 'FLOWIQ 21XX',
  type: '02179C0H806',
  config: '0100200013333',
  program: '2',
  vendor: 'KAM',
  consumption: 'VolumeCold',
}

/** A meter in the schema of `MetersInOrder`. */
function schema1(...meters: readonly Partial<KemMeter>[]): string {
  const body = meters.map(
    ({ serial, key, number, name, type, config, program, vendor, consumption }) =>
      `<Meter><MeterNo>${number}</MeterNo><SerialNo>${serial}</SerialNo><EncKeys><DEK>${key}</DEK></EncKeys>` +
      `<MeterName>${name}</MeterName><ConsumptionType>${consumption}</ConsumptionType><ConfigNo>${config}</ConfigNo>` +
      `<ProgramNo>${program}</ProgramNo>\r\n<TypeNo>${type}</TypeNo><VendorId> ${vendor} </VendorId></Meter>\r\n`,
  )
  return `<?xml version="1.0" encoding="utf-8"?><MetersInOrder orderid="1" schemaVersion="2.0">${body.join('')}</MetersInOrder>`
}

/** The same in that of `Devices`, which has no program number. */
function schema2({ serial, key, number, name, type, config, vendor, consumption }: KemMeter): string {
  return (
    `<k:Devices xmlns:k="urn:k"><k:Device><k:SerialNumber>${serial}</k:SerialNumber>` +
    `<k:CustomerDeviceNumber>${number}</k:CustomerDeviceNumber><k:ShortName>${name}</k:ShortName>` +
    `<k:ConsumptionTypeName>${consumption}</k:ConsumptionTypeName><k:ManufacturerId>${vendor}</k:ManufacturerId>` +
    `<k:ConfigNumber>${config}</k:ConfigNumber><k:TypeNumber>${type}</k:TypeNumber>` +
    `<k:Keys><k:Key><k:Kind>DEK</k:Kind><k:Value>${key}</k:Value></k:Key></k:Keys></k:Device></k:Devices>`
  )
}

function pkcs7(text: Buffer): Buffer {
  const count = 16 - (text.length % 16)
  return Buffer.concat([text, Buffer.alloc(count, count)])
}

function cipherValue(blocks: Buffer, password = PASSWORD): string {
  const key = Buffer.alloc(16)
  Buffer.from(password).copy(key)
  const cipher = createCipheriv('aes-128-cbc', key, key).setAutoPadding(false)
  return Buffer.concat([cipher.update(blocks), cipher.final()]).toString('base64')
}

function encryptedData(base64: string): Buffer {
  return Buffer.from(
    `${BOM}<?xml version="1.0"?>\n<e:EncryptedData xmlns:e="http://www.w3.org/2001/04/xmlenc#"><e:EncryptionMethod Algorithm=` +
      `"http://www.w3.org/2001/04/xmlenc#aes128-cbc"/><e:CipherData>\n<e:CipherValue>\r\n${base64.replace(/.{76}/g, '$&\r\n')}\r\n` +
      '</e:CipherValue></e:CipherData></e:EncryptedData>',
  )
}

function kem(xml: string, password?: string): Buffer {
  return encryptedData(cipherValue(pkcs7(Buffer.from(xml)), password))
}

function container(data: Buffer, name = '0F0E0D0C-0B0A-0908-0706-050403020100.kem'): Buffer {
  return zip([
    { name: 'meter_information_file.xsd', data: Buffer.from('<schema/>') },
    { name, data },
  ])
}

describe('meterlogger kem', () => {
  const { meterlogger } = commandLine()

  const folder = mkdtempSync(join(tmpdir(), 'kem-'))
  const path = join(folder, 'file.zip.kem')
  after(() => rmSync(folder, { recursive: true }))

  async function content(file: Buffer, password = PASSWORD): Promise<KemContent> {
    const found = await readKem(new Uint8Array(file), password, nodeCrypto.aesCbcDecrypt)
    if (!found.ok) throw new Error(found.error)
    return found.value
  }

  async function read(file: Buffer, password?: string): Promise<readonly KemMeter[]> {
    const { meters, unread } = await content(file, password)
    deepEqual(unread, [])
    return meters
  }

  async function refusal(file: Buffer, password = PASSWORD): Promise<string> {
    const found = await readKem(new Uint8Array(file), password, nodeCrypto.aesCbcDecrypt)
    return found.ok ? '' : found.error
  }

  it('prints all meters, or the one that is asked for', async () => {
    const other = { ...FLOWIQ, serial: '00012345', key: '00112233445566778899AABBCCDDEEFF' }
    writeFileSync(path, container(kem(schema1(FLOWIQ, other))))
    const all = await meterlogger(['kem', path, '--password', PASSWORD])
    equal(all.code, 0, all.err)
    deepEqual(JSON.parse(all.out), [FLOWIQ, other])
    const one = await meterlogger(['kem', path, '--password', PASSWORD, '--serial', '12345'])
    deepEqual(JSON.parse(one.out), [other])
    const table = await meterlogger(['kem', path, '--password', PASSWORD, '--table'])
    match(table.out, /^number {2}serial.*\n1 .*\b74493770 .*\n1 .*\b00012345 /)
  })

  it('tells how much of it is read', async () => {
    const meters = Array.from({ length: 3_000 }, (_, i) => ({ ...FLOWIQ, serial: String(10_000_000 + i) }))
    const data = kem(schema1(...meters))
    const shares: number[] = []
    const entries = ['a', 'b'].map((name) => ({ name: `${name}.kem`, data }))
    await readKem(new Uint8Array(zip(entries)), PASSWORD, nodeCrypto.aesCbcDecrypt, (share) => shares.push(share))
    ok(shares.length > 4, String(shares))
    deepEqual(
      shares,
      [...shares].sort((a, b) => a - b),
    )
    ok(shares.some((share) => share < 0.5) && shares.some((share) => share > 0.8 && share <= 1), String(shares))
  })

  it('ends with 1 on a wrong password, an unknown serial number and another file, with 2 on wrong usage', async () => {
    writeFileSync(path, container(kem(schema1(FLOWIQ))))
    const other = join(folder, 'other')
    writeFileSync(other, 'hello')
    for (const [args, code, reason] of [
      [[path, '--password', 'Pass1235'], 1, /^meterlogger: wrong password$/m],
      [[path, '--password', PASSWORD, '--serial', '1'], 1, /no meter 1 among the 1 of/],
      [[other, '--password', PASSWORD], 1, /^meterlogger: not a KEM file: neither a ZIP container nor XML$/m],
      [[path, '--password', PASSWORD, '--serial', 'x'], 2, /--serial: expected 1 to 12 digits/],
      [[path], 2, /no password: give --password-file, --password or the environment variable KEM_PASSWORD/],
      [[join(folder, 'nowhere'), '--password', PASSWORD], 2, /no such file/],
      [[folder, '--password', PASSWORD], 2, /: a folder; name a file$/m],
      [['/dev/zero', '--password', PASSWORD], 2, /longer than 64 MB/],
    ] as const) {
      const outcome = await meterlogger(['kem', ...args])
      equal(outcome.code, code, outcome.err)
      match(outcome.err, reason)
      equal(outcome.out, '')
    }
  })

  it('reads the container and the bare XML, with a byte order mark and without', async () => {
    for (const file of [
      container(kem(schema1(FLOWIQ))),
      container(kem(schema1(FLOWIQ)), 'X.KEM2'),
      kem(schema1(FLOWIQ)),
      kem(BOM + schema1(FLOWIQ)),
      kem(schema1(FLOWIQ)).subarray(3),
    ])
      deepEqual(await read(file), [FLOWIQ])
  })

  it('reads the other schema, with prefixes', async () => {
    const { program: _, ...meter } = FLOWIQ
    deepEqual(await read(container(kem(schema2(FLOWIQ)), 'a.kem2')), [meter])
  })

  it('reads every padding, and what ends without one', async () => {
    for (let length = 0; length < 16; length++) {
      const xml = schema1(FLOWIQ) + ' '.repeat(length)
      deepEqual(await read(kem(xml)), [FLOWIQ])
    }
    const xml = Buffer.from(schema1(FLOWIQ))
    const rest = Buffer.alloc((16 - (xml.length % 16)) % 16)
    deepEqual(await read(encryptedData(cipherValue(Buffer.concat([xml, rest])))), [FLOWIQ])
  })

  it('takes 16 bytes of a long password, as UTF-8', async () => {
    const password = 'blåbærgrød med fløde'
    deepEqual(await read(kem(schema1(FLOWIQ), password), password), [FLOWIQ])
    deepEqual(await read(kem(schema1(FLOWIQ), password), 'blåbærgrød me'), [FLOWIQ])
  })

  it('reads thousands of meters, in a time that grows as their number does', async () => {
    async function timeOf(count: number): Promise<number> {
      const meters = Array.from({ length: count }, (_, i) => ({ ...FLOWIQ, serial: String(10_000_000 + i) }))
      const file = container(kem(schema1(...meters)))
      let found: readonly KemMeter[] = []
      const ms = await cpuTime(async () => {
        found = await read(file)
      })
      deepEqual(found, meters)
      return ms
    }
    // The first time it is compiled.
    await timeOf(500)
    const few = await timeOf(500)
    const many = await timeOf(8_000)
    ok(many < 4 * 16 * few, `${few} ms for 500 meters, ${many} ms for 8,000`)
  })

  it('leaves out what a meter does not have, and a key that is none', async () => {
    const xml =
      '<MetersInOrder><Meter><SerialNo>1</SerialNo><EncKeys><DEK/></EncKeys><VendorId/></Meter></MetersInOrder>'
    deepEqual(await read(kem(xml)), [{ serial: '1' }])
    deepEqual(await read(kem(xml.replace('<DEK/>', `<DEK>${KEY}00</DEK>`))), [{ serial: '1' }])
    deepEqual(await read(kem('<MetersInOrder><constructor>x</constructor></MetersInOrder>')), [])
  })

  it('says what else is wrong with a file', async () => {
    const file = container(kem(schema1(FLOWIQ)))
    match(await refusal(Buffer.alloc(0)), /^not a KEM file: no CipherValue in it/)
    match(await refusal(Buffer.from(schema1(FLOWIQ))), /^not a KEM file: no CipherValue in it/)
    match(await refusal(encryptedData('')), /no CipherValue/)
    match(await refusal(encryptedData('AAAA')), /whole AES blocks/)
    match(await refusal(encryptedData('!'.repeat(64))), /whole AES blocks/)
    match(await refusal(container(Buffer.from('<a>'))), /^not a KEM file: Unclosed root tag/)
    match(await refusal(zip([{ name: 'readme.txt', data: Buffer.from('x') }])), /no \.kem in the container/)
    match(await refusal(kem('<Invoice/>')), /expected MetersInOrder or Devices/)
    match(await refusal(kem('<MetersInOrder><Meter>')), /^wrong password, or the file is damaged/)
    match(await refusal(kem('<!DOCTYPE a [<!ENTITY e "x">]><MetersInOrder>&e;</MetersInOrder>')), /damaged: Invalid/)
    for (const length of [4, 100, file.length >> 1, file.length - 1])
      match(await refusal(file.subarray(0, length)), /^not a KEM file/)
  })

  it('shows no wrong key, whichever byte of the packed part is damaged', async () => {
    const file = container(kem(schema1(FLOWIQ)))
    const start = file.indexOf('.kem') + 4
    for (let at = start; at < file.indexOf('PK\x01\x02'); at++) {
      const damaged = Buffer.from(file)
      damaged[at]! ^= 0x10
      const outcome = await read(damaged).catch((error: Error) => error.message)
      if (typeof outcome === 'string') match(outcome, /^not a KEM file/, `byte ${at}`)
      else deepEqual(outcome, [FLOWIQ], `byte ${at}`)
    }
  })

  it('unpacks no more than it has room for', async () => {
    const bomb = Buffer.alloc(40 * 1024 * 1024)
    const refused = (entry: Partial<ZipEntry>) => refusal(zip([{ name: 'a.kem', data: bomb, ...entry }]))
    match(await refused({}), /^not a KEM file: a.kem: more than 32 MB/)
    match(await refused({ size: 1000 }), /^not a KEM file: a.kem: invalid uncompressed size/)
  })

  it('takes no entry whose name points out of the container', async () => {
    const data = kem(schema1(FLOWIQ))
    for (const name of ['../../a.kem', '/etc/a.kem', 'c:\\a.kem', '..\\a.kem'])
      match(await refusal(container(data, name)), /^not a KEM file: unsafe filename/, name)
  })

  const other = { ...FLOWIQ, serial: '74493771', key: '00112233445566778899AABBCCDDEEFF' }

  it('reads all lists of a container, and each meter once', async () => {
    const files = [
      { name: 'first.kem', data: kem(schema1(FLOWIQ, other)) },
      { name: 'second.kem2', data: kem(schema2({ ...FLOWIQ, serial: '074493770', key: KEY.toLowerCase() })) },
      { name: 'third.KEM', data: kem(schema1({ ...FLOWIQ, serial: '74493772' })) },
    ]
    deepEqual(await read(zip(files)), [FLOWIQ, other, { ...FLOWIQ, serial: '74493772' }])
  })

  it('shows each key of a meter that has two', async () => {
    const changed = { ...FLOWIQ, key: other.key }
    const files = [FLOWIQ, changed].map((meter, i) => ({ name: `${i}.kem`, data: kem(schema1(meter)) }))
    deepEqual(await read(zip(files)), [FLOWIQ, changed])
  })

  it('reads a list that is encrypted in two parts', async () => {
    const [one, two] = [FLOWIQ, other].map((meter) =>
      kem(schema1(meter))
        .toString()
        .replace(/^.*?<e:/s, '<e:'),
    )
    deepEqual(await read(Buffer.from(`<all>${one}${two}</all>`)), [FLOWIQ, other])
  })

  it('passes over what macOS adds, and folders', async () => {
    const added = Buffer.from('\0\x05\x16\x07\0\x02\0\0Mac OS X')
    const list = kem(schema1(FLOWIQ))
    for (const name of ['a.kem', 'order/a.kem', 'order.kem/a.kem'])
      deepEqual(
        await read(
          zip([
            { name: '__MACOSX/._a.kem', data: added },
            { name: '._a.kem', data: added },
            { name: 'order/._a.kem', data: added },
            { name: 'order/', data: Buffer.alloc(0) },
            { name: 'order.kem/', data: Buffer.alloc(0) },
            { name, data: list },
          ]),
        ),
        [FLOWIQ],
        name,
      )
  })

  it('reads containers in containers, to a depth', async () => {
    const inner = container(kem(schema1(FLOWIQ)))
    const names = ['order.zip.kem', 'list.zip', 'x.ZIP', 'y.kem2', 'z.kem']
    const nested = (depth: number) => names.slice(0, depth).reduce((data, name) => zip([{ name, data }]), inner)
    for (const depth of [1, 2, 4]) deepEqual(await read(nested(depth)), [FLOWIQ], `${depth}`)
    match(await refusal(nested(5)), /^not a KEM file: .*more than 4 containers in each other$/)
  })

  it('prints what it can read, and says what it cannot', async () => {
    const files = (...data: readonly Buffer[]) => zip(data.map((list, i) => ({ name: `list-${i}.kem`, data: list })))
    const open = kem(schema1(FLOWIQ))
    const bomb = Buffer.alloc(40 * 1024 * 1024)
    for (const [bad, reason] of [
      [kem(schema1(other), 'another'), 'wrong password'],
      [Buffer.from('<a>'), 'not a KEM file: Unclosed root tag'],
      [Buffer.from('PK\x03\x04'), 'not a KEM file: list-1.kem: file format is not recognized'],
      [bomb, 'not a KEM file: list-1.kem: more than 32 MB'],
    ] as const)
      deepEqual(await content(files(open, bad)), { meters: [FLOWIQ], unread: [{ name: 'list-1.kem', reason }] })

    writeFileSync(path, files(open, kem(schema1(other), 'another')))
    const all = await meterlogger(['kem', path, '--password', PASSWORD])
    deepEqual([all.code, JSON.parse(all.out)], [1, [FLOWIQ]])
    match(all.err, /^list-1\.kem in .*: wrong password$/m)
    match(all.err, /1 of the lists in .* could not be read/)
    const one = await meterlogger(['kem', path, '--password', PASSWORD, '--serial', FLOWIQ.serial])
    deepEqual([one.code, JSON.parse(one.out)], [0, [FLOWIQ]])
  })

  it('says of a container that is encrypted itself what to do', async () => {
    const file = container(kem(schema1(FLOWIQ)))
    const flags = file.lastIndexOf('PK\x01\x02') + 8
    file.writeUInt16LE(1, flags)
    match(await refusal(file), /needs a password to be unpacked; unpack it first$/)
    match(await refusal(zip([])), /^not a KEM file: no \.kem in the container$/)
  })

  it('runs in a browser: nothing in it needs Node', async () => {
    const { metafile } = await build({
      stdin: { contents: "export { readKem } from './decoders/kem.js'", resolveDir: ROOT, loader: 'ts' },
      bundle: true,
      platform: 'browser',
      format: 'esm',
      write: false,
      metafile: true,
      logLevel: 'silent',
    })
    const missing = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path))
    // sax does without it.
    deepEqual(missing, ['stream'])
  })

  it('takes the password from a file, so that it is in no list of processes', async () => {
    writeFileSync(path, container(kem(schema1(FLOWIQ))))
    const passwordFile = join(folder, 'password')
    writeFileSync(passwordFile, `${PASSWORD}\n`)
    const { out, code } = await meterlogger(['kem', path, '--password-file', passwordFile])
    deepEqual([code, JSON.parse(out)], [0, [FLOWIQ]])
  })

  it('does not show the key or the password in an error', async () => {
    const { err } = await meterlogger(['kem', path, '--password', 'secret-pass'])
    ok(!err.includes('secret-pass') && !err.includes(KEY))
  })
})
