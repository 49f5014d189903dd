import { deepEqual, equal, throws } from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { FileFlash } from '../../twin/file-flash.js'
import { SimulatedFlash } from '../../twin/flash.js'
import { seededRandom } from '../../twin/random.js'

function readAll(flash: SimulatedFlash, length: number): number[] {
  const bytes = new Uint8Array(length)
  flash.read(0, bytes)
  return [...bytes]
}

describe('the simulated flash', () => {
  it('only lets bits fall, until the sector is erased', () => {
    const flash = new SimulatedFlash({ sectors: 2 })
    flash.write(0, Uint8Array.of(0xf0))
    flash.write(0, Uint8Array.of(0x30))
    throws(() => flash.write(0, Uint8Array.of(0x31)), /0x31 over 0x30 at 0/)
    flash.erase(0)
    flash.write(0, Uint8Array.of(0x31))
    equal(flash.erases[0], 1)
  })

  it('refuses what is outside', () => {
    const flash = new SimulatedFlash({ sectors: 2 })
    throws(() => flash.write(8190, new Uint8Array(3)), /3 bytes at 8190 of 8192/)
    throws(() => flash.erase(2), /of 8192/)
  })

  it('leaves a write half done where power goes, and nothing works until it is back', () => {
    const flash = new SimulatedFlash({ sectors: 1, random: seededRandom(1) })
    flash.cutAt = 2
    throws(() => flash.write(0, new Uint8Array(4)), /power cut/)
    throws(() => flash.read(0, new Uint8Array(1)), /no power/)
    flash.powerOn()
    const [first, second, , fourth] = readAll(flash, 4)
    deepEqual([first, second, fourth], [0, 0, 0xff])
  })

  it('takes memory for what was written only', () => {
    const flash = new SimulatedFlash({ sectors: 400 })
    flash.erase(399)
    flash.read(4096 * 399, new Uint8Array(4096))
    equal(flash.covered.length, 0)
    flash.write(5000, Uint8Array.of(1))
    equal(flash.covered.length, 8192)
    deepEqual(readAll(flash, 8194).slice(4999, 5002), [255, 1, 255])
  })

  it('keeps its content in a file', () => {
    const folder = mkdtempSync(join(tmpdir(), 'meterlogger-flash-'))
    try {
      const flash = new FileFlash(folder, 'test.flash', 2)
      flash.write(5, Uint8Array.of(1, 2))
      flash.write(4096, Uint8Array.of(3))
      flash.erase(1)
      flash.close()
      const again = new FileFlash(folder, 'test.flash', 2)
      deepEqual(readAll(again, 8), [255, 255, 255, 255, 255, 1, 2, 255])
      equal(again.bytes[4096], 255)
      again.close()
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
