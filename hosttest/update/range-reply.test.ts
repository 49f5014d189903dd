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
      GOOD.replaceAll(': ', ':'),
      GOOD.replaceAll(': ', ':   '),
      GOOD.replaceAll('\r\n', '  \r\n').replace(/ {2}\r\n$/, '\r\n'),
      // The longest line that is kept.
      GOOD.replaceAll('\r\n', '\n').replace('Length: 10', `Length: ${' '.repeat(128 - 'Content-Length: 10'.length)}10`),
      // It speaks of the headers that matter, and is none of them.
      GOOD.replace('\r\n', '\r\nCache-Control: transfer-encoding: chunked\r\n'),
      GOOD.replace('\r\n', '\r\nCache-Control: content-length: 11\r\n'),
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
    ['speaks of HTTP only', `ICY ${GOOD}`, 'no HTTP'],
    ['has a first line that is too long', GOOD.replace('Content', 'x'.repeat(200)), 'no HTTP'],
    ['says the range somewhere else', GOOD.replace('Content-Range', 'Cache-Control: Content-Range'), 'another range'],
    [
      'says the length somewhere else',
      GOOD.replace('Content-Length', 'Cache-Control: Content-Length'),
      'another range',
    ],
    ['says more of the range', GOOD.replace('/1000', '/1000, bytes 0-1/1000'), 'another range'],
    ['says two lengths at once', GOOD.replace('Length: 10', 'Length: 10, 11'), 'another range'],
    [
      'says more than fits of the length',
      GOOD.replace('Length: 10', `Length: 10${' '.repeat(110)}11`),
      'another range',
    ],
    [
      'says more than fits of the range',
      GOOD.replace('/1000', `/1000${' '.repeat(100)}, bytes 0-1/1000`),
      'another range',
    ],
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

  it('may have a header of 4 kB and not a byte more', () => {
    const padded = (bytes: number) =>
      GOOD.replace('\r\n', `\r\nX: ${'y'.repeat(bytes - GOOD.length - 'X: \r\n'.length)}\r\n`)
    equal(padded(4096).length, 4096)
    equal(take(padded(4096) + CONTENT, 7).content, CONTENT)
    equal(take(padded(4097) + CONTENT, 7).reply.fault, 'an endless header')
  })

  it('has nothing of the file where its header ends', () => {
    const reply = new RangeReply(FROM, TO)
    equal(reply.take(encodeUtf8(GOOD)), undefined)
    equal(reply.fault, undefined)
  })

  it('is whole only with its last byte', () => {
    equal(take(GOOD + CONTENT.slice(1), 5).reply.isWhole, false)
    equal(take(GOOD, 5).reply.isWhole, false)
  })

  it('has a status of three digits in a first line of HTTP/1', () => {
    for (const [line, fault] of [
      ['HTTP/1.1 206', undefined],
      ['HTTP/1.0 206 ', undefined],
      ['HTTP/1.1 206 \u00e9\u{1f600}', undefined],
      ['HTTP/1.1 404', 'HTTP 404'],
      ['HTTP/1.1 000', 'no HTTP'],
      ['HTTP/1.1 20', 'no HTTP'],
      ['HTTP/1.1 2066', 'no HTTP'],
      ['HTTP/1.1 206\u{1f600}', 'no HTTP'],
      ['HTTP/1.1 206\t', 'no HTTP'],
      ['HTTP/1.1 \u0662\u0660\u0666', 'no HTTP'],
      ['HTTP/1.1  206', 'no HTTP'],
      ['HTTP/1.1', 'no HTTP'],
      ['HTTP/1.2 206', 'no HTTP'],
      ['http/1.1 206', 'no HTTP'],
      [' HTTP/1.1 206', 'no HTTP'],
    ] as const)
      equal(take(GOOD.replace(/^.*/, line), 7).reply.fault, fault, line)
  })

  it('has one range and one length, each of 9 digits at most', () => {
    const range = 'Content-Range: bytes 512-521/1000'
    const length = 'Content-Length: 10'
    for (const [before, after, fault] of [
      [range, 'CONTENT-RANGE:bytes 000000512-000000521/000001000', undefined],
      [range, 'content-range:   BYTES 512-521/*   ', undefined],
      [range, 'Content-Range: bytes 0000000512-521/1000', 'another range'],
      [range, 'Content-Range: bytes 512-0000000521/1000', 'another range'],
      [range, 'Content-Range: bytes 512-521/0000001000', 'another range'],
      [range, 'Content-Range: bytes 512-521/', 'another range'],
      [range, 'Content-Range: bytes 512-521', 'another range'],
      [range, 'Content-Range: bytes 512-/1000', 'another range'],
      [range, 'Content-Range: bytes -521/1000', 'another range'],
      [range, 'Content-Range: bytes 512/521-1000', 'another range'],
      [range, 'Content-Range: bytes 512-521/**', 'another range'],
      [range, 'Content-Range: bytes 512-521/1000/1', 'another range'],
      [range, 'Content-Range: bytes 512-521-522/1000', 'another range'],
      [range, 'Content-Range: bytes  512-521/1000', 'another range'],
      [range, 'Content-Range: bytes512-521/1000', 'another range'],
      [range, 'Content-Range: bytes', 'another range'],
      [range, 'Content-Range:', 'another range'],
      [range, 'Content-Range:   ', 'another range'],
      [range, 'Content-Range:\tbytes 512-521/1000', 'another range'],
      [range, 'Content-Range: bytes 512-521/1000\t', 'another range'],
      [range, 'Content-Range : bytes 512-521/1000', 'another range'],
      [range, 'Content-Range: byte\u017f 512-521/1000', 'another range'],
      [range, 'Content-Range: bytes 512-521/\u0661', 'another range'],
      [range, 'Content-Range: bytes 512-521/1000\u{1f600}', 'another range'],
      [range, `${range}\r\nContent-Range: bytes 0-1/1000`, 'another range'],
      [range, `Content-Range: bytes 0-1/1000\r\n${range}`, undefined],
      [range, `${range}\r\nContent-Range: something`, undefined],
      [length, 'cONTENT-lENGTH:000000010', undefined],
      [length, 'Content-Length: 0000000010', 'another range'],
      [length, 'Content-Length: \u0661\u0660', 'another range'],
      [length, 'Content-Length: 10\u{1f600}', 'another range'],
      [length, 'Content-Length: 10\t', 'another range'],
      [length, 'Content-Length: 1 0', 'another range'],
      [length, 'Content-Length:', 'another range'],
      [length, 'Content-Length:    ', 'another range'],
      [length, `${length}\r\nTRANSFER-ENCODING:`, 'an encoding'],
      [length, `${length}\r\nTransfer-Encod\u0130ng: chunked`, undefined],
      [length, `${length}\r\nTran\u017ffer-Encoding: chunked`, undefined],
      [length, `${length}\r\nTransfer-Encoding : chunked`, undefined],
    ] as const)
      equal(take(GOOD.replace(before, after), 7).reply.fault, fault, after)
  })
})
