import { equal, ok } from 'node:assert/strict'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { RangeReply } from '../../modules/update/range-reply.js'

const FROM = 512
const TO = 521
const CONTENT = '0123456789'
const GOOD = `HTTP/1.1 206 Partial Content\r\nContent-Range: bytes ${FROM}-${TO}/1000\r\nContent-Length: 10\r\n\r\n`

/** Takes a reply in pieces of so many bytes. */
function take(text: string, piece: number): { reply: RangeReply; content: string } {
  const bytes = encodeUtf8(text)
  const reply = new RangeReply(FROM, TO)
  let content = ''
  for (let at = 0; at < bytes.length && reply.fault === undefined; at += piece)
    for (const byte of reply.take(bytes.slice(at, at + piece)) ?? []) content += String.fromCharCode(byte)
  return { reply, content }
}

describe('a reply with a range', () => {
  it('is the same in pieces of any size', () => {
    for (let piece = 1; piece <= GOOD.length + CONTENT.length; piece++) {
      const { reply, content } = take(GOOD + CONTENT, piece)
      equal(reply.fault, undefined)
      equal(reply.isWhole, true)
      equal(content, CONTENT)
    }
  })

  it('may write its header as it likes', () => {
    for (const header of [
      GOOD.replaceAll('\r\n', '\n'),
      GOOD.toLowerCase().replace('http', 'HTTP'),
      GOOD.replace('/1000', '/*'),
      GOOD.replace('HTTP/1.1 206 Partial Content', 'HTTP/1.0 206'),
      GOOD.replace('\r\n', `\r\nX-Long: ${'y'.repeat(3000)}\r\n`),
    ])
      equal(take(header + CONTENT, 7).content, CONTENT, header)
  })

  for (const [what, text, fault] of [
    ['is another range', GOOD.replace('512-', '511-'), 'another range'],
    ['is a shorter range', GOOD.replace('-521', '-520'), 'another range'],
    ['says no range', GOOD.replace('Content-Range', 'X-Range'), 'another range'],
    ['says no length', GOOD.replace('Content-Length', 'X-Length'), 'another range'],
    ['says another length', GOOD.replace('Length: 10', 'Length: 11'), 'another length'],
    ['is the whole file', GOOD.replace('206 Partial Content', '200 OK'), 'HTTP 200'],
    ['is encoded', GOOD.replace('\r\n\r\n', '\r\nTransfer-Encoding: chunked\r\n\r\n'), 'an encoding'],
    ['is no HTTP', 'SSH-2.0-OpenSSH\r\n', 'no HTTP'],
    ['has an endless header', `${GOOD.slice(0, -2)}${'X: y\r\n'.repeat(1000)}`, 'an endless header'],
    ['has an endless line', `${GOOD.slice(0, -2)}X: ${'y'.repeat(5000)}`, 'an endless header'],
    ['has an endless first line', 'H'.repeat(5000), 'an endless header'],
    ['is longer than it says', `${GOOD}${CONTENT}!`, 'more than was asked for'],
  ] as const)
    it(`is refused when it ${what}`, () => {
      for (const piece of [1, 3, 1460, 6000]) {
        const { reply, content } = take(text, piece)
        equal(reply.fault, fault)
        ok(content.length <= CONTENT.length)
      }
    })

  it('is whole only with its last byte', () => {
    equal(take(GOOD + CONTENT.slice(1), 5).reply.isWhole, false)
    equal(take(GOOD, 5).reply.isWhole, false)
  })
})
