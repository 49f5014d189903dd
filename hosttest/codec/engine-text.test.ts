// node only
import { deepEqual, equal } from 'node:assert/strict'
import { byteLength, decodeUtf8, encodeUtf8 } from '../../modules/codec/utf8.js'

/** What XS has beside the language: it writes a lone surrogate as three bytes and U+0000 as two, and reads well-formed UTF-8. */
const STRINGS = {
  fromString: (text: string): ArrayBuffer =>
    Uint8Array.from([...text].flatMap((character) => bytesOf(character.codePointAt(0)!))).buffer,
}
const TEXTS = {
  fromArrayBuffer: (bytes: ArrayBuffer, at: number, length: number): string =>
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes, at, length)),
}

function bytesOf(point: number): number[] {
  if (point === 0) return [0xc0, 0x80]
  if (point >= 0xd800 && point <= 0xdfff) return [0xed, 0x80 | ((point >> 6) & 63), 0x80 | (point & 63)]
  return [...Buffer.from(String.fromCodePoint(point))]
}

/** UTF-8 of the text and the length of it. */
function written(text: string): readonly [string, number] {
  return [Buffer.from(encodeUtf8(text)).toString('hex'), byteLength(text)]
}

describe('UTF-8 on an engine that helps with it', () => {
  before(() => {
    Object.assign(ArrayBuffer, STRINGS)
    Object.assign(String, TEXTS)
  })
  after(() => {
    for (const name of Object.keys(STRINGS)) Reflect.deleteProperty(ArrayBuffer, name)
    for (const name of Object.keys(TEXTS)) Reflect.deleteProperty(String, name)
  })

  it('is written as the standard has it, where the engine would write something else too', () => {
    for (const text of ['', 'Loppen Public', 'blåbærgrød', '한글', '🔥 8.915 m³', 'a\0b', '\0å', '\ufeffå']) {
      const standard = Buffer.from(text)
      deepEqual(written(text), [standard.toString('hex'), standard.length], JSON.stringify(text))
    }
    deepEqual(written('\ud800a'), ['efbfbd61', 4])
    deepEqual(written('å\udfff'), ['c3a5efbfbd', 5])
  })

  it('is read whole, and as Latin-1 where it is not well-formed, however long it is', () => {
    const long = 'minute=*&hour=4&command=close '.repeat(5)
    for (const text of ['x', 'å', '\ufeffå', '🔥']) {
      const bytes = encodeUtf8(`<${long}${text}>`)
      equal(decodeUtf8(bytes, 1, bytes.length - 1), long + text)
    }
    equal(decodeUtf8(Buffer.from(`${long}Smørhullet`, 'latin1')), `${long}Smørhullet`)
    equal(decodeUtf8(Buffer.from(long).subarray(6)), long.slice(6))
    equal(decodeUtf8(Buffer.from(long).subarray(6), 3), long.slice(9))
  })
})
