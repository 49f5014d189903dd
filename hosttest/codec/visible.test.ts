// node only
import { equal } from 'node:assert/strict'
import { visible } from '../../modules/codec/visible.js'

describe('text from outside', () => {
  it('is shown without anything that moves a cursor, ends a line or turns the direction', () => {
    equal(visible('Cellar\u001b[2J\r\n\u0000\u007f\u009b'), 'Cellar\\u001b[2J\\u000d\\u000a\\u0000\\u007f\\u009b')
    for (let code = 0; code < 0x10000; code++) {
      const character = String.fromCharCode(code)
      const isHidden = /[\p{Cc}\p{Bidi_Control}\u2028\u2029\ufeff]/u.test(character)
      equal(visible(`a${character}b`), isHidden ? `a\\u${code.toString(16).padStart(4, '0')}b` : `a${character}b`)
    }
  })

  it('stays the same JSON', () => {
    const json = JSON.stringify({ name: 'a\u202eb\u009b\u001b"\\' })
    equal(JSON.stringify(JSON.parse(visible(json))), json)
  })

  it('stays as it is when there is nothing in it', () => {
    for (const text of ['', ' ', '~', 'a b', 'Smørhullet', '家 🏠', '\u{10ffff}']) equal(visible(text), text)
  })
})
