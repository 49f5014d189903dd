import { equal } from 'node:assert/strict'
import { html } from '../../modules/portal/html.js'

const escaped = (text: string) => html('', text, '').text
const FORBIDDEN = '\ufffd'

describe('a text in a page', () => {
  it('is escaped where it is markup, and has no character that HTML forbids', () => {
    const entities = new Map([
      ['"', '&quot;'],
      ['&', '&amp;'],
      ["'", '&#39;'],
      ['<', '&lt;'],
      ['>', '&gt;'],
    ])
    for (let code = 0; code < 0x180; code++) {
      const text = String.fromCharCode(code)
      const isForbidden = (code < 0x20 && !'\t\n\r'.includes(text)) || code === 0x7f
      const expected = isForbidden ? FORBIDDEN : (entities.get(text) ?? text)
      equal(escaped(text), expected, `${code}`)
      equal(escaped(`a${text}${text}b`), `a${expected}${expected}b`, `${code}`)
    }
  })

  it('stays what it is otherwise', () => {
    for (const text of ['', ' ', 'Wi-Fi 2.4 (a/b); 100 % = #1!', '\u00e9\u2028\uffff', '\u{1f600}', '\ud800', '\t\r\n'])
      equal(escaped(text), text)
    equal(escaped('\u{1f600}<\u{1f600}'), '\u{1f600}&lt;\u{1f600}')
    equal(html('', 17, '').text + html('', -1.5, '').text, '17-1.5')
  })
})
