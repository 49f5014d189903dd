import { deepEqual, equal, match } from 'node:assert/strict'
import { headersText, mergeHeaders, parseHeaders, type RadioHeader } from '../../modules/radio/header-list.js'

const FLOWIQ = '02ff2004134413a1015b8101e7ff0f'
const SHORT = '04130259'
/** Other records of the same lengths, with the same signature. */
const RIVAL = '040602d9b48a0b'

function taken(text: string): readonly RadioHeader[] {
  const headers = parseHeaders(text)
  if (!headers.ok) throw new Error(headers.error)
  return headers.value
}

function refusal(text: string): string {
  const headers = parseHeaders(text)
  return headers.ok ? 'taken' : headers.error
}

describe('the list of record headers', () => {
  it('has the headers of its text, and those with a question mark are guesses', () => {
    deepEqual(taken(''), [])
    deepEqual(taken(' '), [])
    deepEqual(taken(`${FLOWIQ.toUpperCase()}, ${SHORT}? `), [
      { signature: 0x61eb, hex: FLOWIQ, isGuess: false },
      { signature: 0x9023, hex: SHORT, isGuess: true },
    ])
    for (const text of [FLOWIQ, `${FLOWIQ}?`, `${SHORT}?,${FLOWIQ}`]) equal(headersText(taken(text)), text)
  })

  it('is refused where something is wrong with it, with the place', () => {
    const digits = 'expected pairs of hex digits, and ? behind those of a guess'
    equal(refusal('04x3'), `header 1: ${digits}`)
    equal(refusal('041'), `header 1: ${digits}`)
    equal(refusal(`${SHORT},`), `header 2: ${digits}`)
    equal(refusal('?'), `header 1: ${digits}`)
    equal(refusal(`${SHORT}??`), `header 1: ${digits}`)
    equal(refusal(`${SHORT},04130284`), 'header 2: it does not end with a whole record header')
    equal(refusal('0413,1f13'), 'header 2: record 1f13 has no fixed length')
    equal(refusal('04130d13'), 'header 1: record 0d13 has no fixed length')
    equal(refusal('0f'), 'header 1: it does not end with a whole record header')
    equal(refusal(`${SHORT},${SHORT}?`), 'a header with the signature 9023 is there twice')
    equal(refusal(`${SHORT},${RIVAL}`), 'a header with the signature 9023 is there twice')
    match(refusal('0413'.repeat(65)), /^header 1: expected at most 128 bytes, got 260 characters$/)
    equal(refusal('0413'.repeat(64)), 'taken')
    const many = Array.from({ length: 9 }, (_, i) => `041${i}`).join()
    equal(refusal(many), 'at most 8 headers')
    equal(refusal(`${' '.repeat(300)}0413`), 'expected at most 300 characters, got 304')
  })

  it('goes over the one of the settings where the image has one, but a guess over nothing that is none', () => {
    const merged = (image: string, stored: string) => headersText(mergeHeaders(taken(image), taken(stored)))
    equal(merged(FLOWIQ, SHORT), `${FLOWIQ},${SHORT}`)
    equal(merged(SHORT, RIVAL), SHORT)
    equal(merged(`${SHORT}?`, `${RIVAL}?`), `${SHORT}?`)
    equal(merged(SHORT, `${SHORT}?`), SHORT)
    equal(merged(`${SHORT}?`, SHORT), SHORT)
  })
})
