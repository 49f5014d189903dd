import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import jsQR from 'jsqr'
import { commandLine } from '../support/cli.js'

const REGISTER = `serial,key,name,kind
6892850,EF500C9268CF749016D26D6CBFAAF7BF,"Cellar & ""boiler"" <left>",heat
12345,00112233445566778899aabbccddeeff,,electricity
7000003,ffeeddccbbaa99887766554433221100,A name that is longer than any sticker is wide,water
`

/** What a telephone reads on each sticker: the dark rectangles are drawn to a bitmap and decoded. */
function codesOf(svg: string): (string | undefined)[] {
  return [...svg.matchAll(/scale\(([\d.]+)\)" d="([^"]+)"/g)].map(([, scale, path]) => {
    const size = Math.round(29 / Number(scale))
    const dots = 4
    const width = size * dots
    const pixels = new Uint8ClampedArray(4 * width * width).fill(255)
    for (const [, x, y, length] of path!.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
      for (let row = Number(y) * dots; row < (Number(y) + 1) * dots; row++)
        for (let column = Number(x) * dots; column < (Number(x) + Number(length)) * dots; column++)
          pixels.fill(0, 4 * (row * width + column), 4 * (row * width + column) + 3)
    return jsQR(pixels, width, width)?.data
  })
}

describe('meterlogger label', () => {
  const { meterlogger } = commandLine()
  let folder = ''
  let keys = ''

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'meterlogger-label-'))
    keys = join(folder, 'keys.csv')
    writeFileSync(keys, REGISTER, { mode: 0o600 })
  })

  afterEach(() => rmSync(folder, { recursive: true }))

  it('makes codes that a telephone joins the networks by, in the order of the register', async () => {
    const out = join(folder, 'labels.svg')
    const { code, err } = await meterlogger(['label', '--keys', keys, '--out', out])
    equal(code, 0, err)
    const svg = readFileSync(out, 'utf8')
    deepEqual(codesOf(svg), [
      'WIFI:T:WPA;S:KAM_6892850;P:ef500c9268cf7490;;',
      'WIFI:T:WPA;S:EL_0012345;P:0011223344556677;;',
      'WIFI:T:WPA;S:WATER_7000003;P:ffeeddccbbaa9988;;',
    ])
    for (const text of ['>6892850<', '>Cellar &amp; "boiler" &lt;…<', '>WATER_7000003<', '>A name that is long…<'])
      ok(svg.includes(text), text)
  })

  it('is for its owner alone, and overwrites nothing', async () => {
    const out = join(folder, 'labels.svg')
    await meterlogger(['label', '--keys', keys, '--out', out])
    equal(statSync(out).mode & 0o777, 0o600)
    writeFileSync(out, 'old')
    const { code, err } = await meterlogger(['label', '--keys', keys, '--out', out])
    equal(code, 2)
    match(err, /labels\.svg: is there already/)
    equal(readFileSync(out, 'utf8'), 'old')
  })

  it('takes some devices, and says when one is not there', async () => {
    const out = join(folder, 'some.svg')
    const args = ['label', '--keys', keys, '--out', out, '--prefix', 'KAM_', '--serial', '7000003', '6892850']
    equal((await meterlogger(args)).code, 0)
    deepEqual(
      codesOf(readFileSync(out, 'utf8')).map((text) => /S:(\w+)/.exec(text!)![1]),
      ['KAM_7000003', 'KAM_6892850'],
    )
    const other = join(folder, 'other.svg')
    const { code, err } = await meterlogger(['label', '--keys', keys, '--out', other, '--serial', '1'])
    deepEqual([code, existsSync(other)], [2, false])
    match(err, /no device "1"/)
  })

  it('goes on on another page', async () => {
    const lines = Array.from({ length: 25 }, (_, i) => `${8000000 + i},${'ab'.repeat(16)}\n`)
    writeFileSync(keys, `serial,key\n${lines.join('')}`, { mode: 0o600 })
    const { code, err } = await meterlogger(['label', '--keys', keys, '--out', join(folder, 'all.svg')])
    equal(code, 0)
    match(err, /^24 labels in .*all\.svg\n1 label in .*all-2\.svg\n/)
    equal(codesOf(readFileSync(join(folder, 'all.svg'), 'utf8')).length, 24)
    deepEqual(codesOf(readFileSync(join(folder, 'all-2.svg'), 'utf8')), [
      'WIFI:T:WPA;S:KAM_8000024;P:abababababababab;;',
    ])
  })
})
