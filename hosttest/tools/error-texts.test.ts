import { deepEqual, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { errorTexts } from '../support/error-texts.js'

const DOCUMENT = new URL('../../docs/errors.md', import.meta.url)

describe('the table of error messages', () => {
  it('has every text with which a tool ends, with what to do, and no other one', () => {
    const rows = readFileSync(DOCUMENT, 'utf8').matchAll(/^\| (`+) ?(.+?) ?\1 \| (.+) \|$/gm)
    const told = new Map([...rows].map(([, , text, advice]) => [text!, advice!]))
    const texts = errorTexts()
    ok(texts.size > 100)
    deepEqual(
      {
        missing: [...texts].filter(([text]) => !told.has(text)).map(([text, file]) => `${file}: ${text}`),
        gone: [...told.keys()].filter((text) => !texts.has(text)),
      },
      { missing: [], gone: [] },
    )
    for (const [text, advice] of told) ok(advice.length > 5, text)
  })
})
