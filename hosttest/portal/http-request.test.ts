import { deepEqual, equal, ok } from 'node:assert/strict'
import { decodeUtf8, encodeUtf8 } from '../../modules/codec/utf8.js'
import { type HttpRequest, RequestParser } from '../../modules/portal/http-request.js'

function parse(text: string): HttpRequest | number | undefined {
  return new RequestParser().push(encodeUtf8(text))
}

function request(text: string): HttpRequest {
  const parsed = parse(text)
  ok(typeof parsed === 'object', String(parsed))
  return parsed
}

const FORM =
  'POST /wifi/setup.cgi?a=b HTTP/1.1\r\nHost: 192.168.4.1\r\nCONTENT-LENGTH:  9 \r\nOrigin:http://192.168.4.1\r\n\r\nessid=abc'

describe('a request', () => {
  it('is read with its path, its query and the headers that matter', () => {
    const { method, path, query, host, acceptLanguage } = request(
      'GET /meter?lang=da HTTP/1.0\r\nHost: 192.168.4.1\r\nUser-Agent: x: y\r\nAccept-Language: da, en;q=0.8\r\n\r\n',
    )
    deepEqual([method, path, query, host, acceptLanguage], ['GET', '/meter', 'lang=da', '192.168.4.1', 'da, en;q=0.8'])
  })

  it('has every header that the site asks for, whatever else comes, and nothing where none came', () => {
    const all = request(
      'GET / HTTP/1.1\r\nHost: a\r\nReferer: b\r\nSec-Fetch-Site: c\r\nContent-Type: d\r\nOrigin: e\r\n__proto__: f\r\n\r\n',
    )
    deepEqual([all.referer, all.site, all.contentType, all.origin], ['b', 'c', 'd', 'e'])
    const { body, ...none } = request('GET / HTTP/1.1\r\n\r\n')
    equal(body.length, 0)
    deepEqual(
      [none.host, none.origin, none.referer, none.site, none.contentType, none.acceptLanguage],
      Array(6).fill(''),
    )
    equal(none.query, '')
    equal(request('GET ?a HTTP/1.1\r\n\r\n').query, 'a')
    equal(request('GET ?a HTTP/1.1\r\n\r\n').path, '')
    equal(request('GET /a?http://b/c HTTP/1.1\r\n\r\n').query, 'http://b/c')
  })

  it('may say twice what is no matter of where it belongs and ends', () => {
    equal(request('GET / HTTP/1.1\r\nAccept-Language: da\r\nAccept-Language: en\r\n\r\n').acceptLanguage, 'en')
  })

  it('may be as large as it is said to be, and no larger', () => {
    const line = (length: number) => `GET /${'a'.repeat(length - 'GET / HTTP/1.1'.length)} HTTP/1.1`
    equal(request(`${line(512)}\n\n`).path.length, 512 - 13)
    equal(parse(`${line(513)}\n\n`), 414)
    const header = (length: number) => `GET / HTTP/1.1\na: ${'b'.repeat(length - 20)}\n\n`
    equal(header(8192).length, 8192)
    equal(typeof parse(header(8192)), 'object')
    equal(parse(header(8193)), 431)
    const lines = (count: number) => `GET / HTTP/1.1\n${'a:\n'.repeat(count - 2)}\n`
    equal(typeof parse(lines(64)), 'object')
    equal(parse(lines(65)), 431)
    equal(request(`POST / HTTP/1.1\nContent-Length: 1024\n\n${'c'.repeat(1024)}`).body.length, 1024)
  })

  it('is the same in whatever pieces it comes', () => {
    const bytes = encodeUtf8(FORM)
    for (let cut = 0; cut <= bytes.length; cut++) {
      const parser = new RequestParser()
      const early = parser.push(bytes.subarray(0, cut))
      const parsed = early ?? parser.push(bytes.subarray(cut))
      ok(typeof parsed === 'object')
      deepEqual(
        [parsed.path, parsed.origin, decodeUtf8(parsed.body)],
        ['/wifi/setup.cgi', 'http://192.168.4.1', 'essid=abc'],
      )
    }
  })

  it('is refused or read in whatever pieces it comes, however long its lines are', () => {
    const inPieces = (text: string, size: number) => {
      const parser = new RequestParser()
      const bytes = encodeUtf8(text)
      for (let at = 0; at < bytes.length; at += size) {
        const parsed = parser.push(bytes.subarray(at, at + size))
        if (parsed !== undefined) return parsed
      }
      return undefined
    }
    for (const size of [1, 100, 300, 500]) {
      const long = inPieces(`GET / HTTP/1.1\nCookie: ${'a'.repeat(2000)}\nHost: b\n\n`, size)
      equal((long as HttpRequest).host, 'b')
      equal(inPieces(`GET /${'a'.repeat(600)} HTTP/1.1\n\n`, size), 414)
    }
    const more = inPieces(`${FORM}&passwd=x`, FORM.length - 3) as HttpRequest
    equal(decodeUtf8(more.body), 'essid=abc')
  })

  it('may come with bare line feeds, an empty line before it, and more than its length after it', () => {
    equal(request('\r\n\nGET / HTTP/1.1\nHost: a\n\n').host, 'a')
    equal(decodeUtf8(request(`${FORM}&passwd=x`).body), 'essid=abc')
  })

  it('names the host once more in the form for a proxy', () => {
    equal(request('GET http://192.168.4.1/meter HTTP/1.1\r\nHost: 192.168.4.1\r\n\r\n').path, '/meter')
  })

  it('may have headers longer than what is kept', () => {
    const { host } = request(`GET / HTTP/1.1\r\nCookie: ${'a'.repeat(6000)}\r\nHost: 192.168.4.1\r\n\r\n`)
    equal(host, '192.168.4.1')
  })

  it('is refused by name when it is none', () => {
    equal(parse('\x16\x03\x01\x02\x00\x01\n'), 400)
    equal(parse('GET /\r\n'), 400)
    equal(parse('GET / HTTP/2.0\r\n'), 400)
    equal(parse('GET / HTTP/1.12\r\n'), 400)
    equal(parse('GET / xHTTP/1.1\r\n'), 400)
    equal(parse('GET / a HTTP/1.1\r\n'), 400)
    equal(parse('GET / HTTP/1.1 a\r\n'), 400)
    equal(parse('GETa / HTTP/1.1\r\n'), 400)
    equal(parse('aGET / HTTP/1.1\r\n'), 400)
    equal(parse(`${'G'.repeat(17)} / HTTP/1.1\r\n`), 400)
    equal(parse('GET / HTTP/1.1\r\n: no name\r\n'), 400)
    equal(parse('GET / HTTP/1.1\r\nno colon\r\n'), 400)
    equal(parse('GET / HTTP/1.1\r\nabcd: a line before\r\nabc\r\n'), 400)
    equal(parse('GET / HTTP/1.1\nabcd: a line before\nabcd\n'), 400)
    equal(parse('GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n'), 400)
    equal(parse('POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n'), 400)
    equal(parse('POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n'), 400)
    equal(parse('POST / HTTP/1.1\r\nContent-Length: 1e1\r\n\r\n'), 400)
    equal(parse('POST / HTTP/1.1\r\n\r\n'), 411)
    equal(parse('POST / HTTP/1.1\r\nContent-Length: 1025\r\n\r\n'), 413)
    equal(parse('POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n'), 400)
    equal(parse(`GET /${'a'.repeat(600)}`), 414)
    equal(parse(`GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(2000)}`), 431)
    equal(parse('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'), 501)
  })

  it('has a method of capitals, a target without blanks and a version of HTTP/1', () => {
    for (const [line, expected] of [
      [`${'G'.repeat(16)} / HTTP/1.0`, '/'],
      ['G  HTTP/1.9', ''],
      ['GET /\u00e9\u{1f600}\t\r\u0000\u2028 HTTP/1.1', '/\u00e9\u{1f600}\t\r\u0000\u2028'],
      ['GET / HTTP/1.1', '/'],
      ['', undefined],
      [' / HTTP/1.1', 400],
      ['GET', 400],
      ['GET ', 400],
      ['GET HTTP/1.1', 400],
      ['GET  / HTTP/1.1', 400],
      ['get / HTTP/1.1', 400],
      ['G\u00c9T / HTTP/1.1', 400],
      ['GET / http/1.1', 400],
      ['GET / HTTP/1.', 400],
      ['GET / HTTP/1.x', 400],
      ['GET / HTTP/1.\u0661', 400],
      ['GET / HTTP/1.1 ', 400],
      ['GET / HTTP/1.1\r', 400],
    ] as const) {
      const parsed = parse(`${line}\r\n\r\n`)
      equal(typeof parsed === 'object' ? parsed.path : parsed, expected, line)
    }
  })

  it('loses the host of its target, up to the path or the query', () => {
    for (const [target, path, query] of [
      ['http://a/b', '/b', ''],
      ['HTtP://a:80/b?c', '/b', 'c'],
      ['http://a?b/c', '', 'b/c'],
      ['http://a', '', ''],
      ['http://', '', ''],
      ['http:///http://b', '/http://b', ''],
      ['http://\u00e9\u{1f600}\u0000\uffff\r@.0>/b', '/b', ''],
      ['http:/a', 'http:/a', ''],
      ['https://a/b', 'https://a/b', ''],
      ['/http://a/b', '/http://a/b', ''],
      ['xhttp://a/b', 'xhttp://a/b', ''],
    ] as const) {
      const parsed = request(`GET ${target} HTTP/1.1\r\n\r\n`)
      deepEqual([parsed.path, parsed.query], [path, query], target)
    }
  })

  it('has the first language of two small letters among its cookies', () => {
    for (const [cookies, language] of [
      ['', ''],
      ['lang=da', 'da'],
      ['lang=da;', 'da'],
      ['a=b;lang=da;lang=en', 'da'],
      ['a=b; lang=xx; lang=en', 'xx'],
      ['a lang=da', 'da'],
      ['lang=; lang=d; lang=dan; lang=DA; lang=d1; lang=da ; lang=en', 'en'],
      ['lang=lang=da', ''],
      ['xlang=da', ''],
      ['a=b,lang=da', ''],
      ['a\tlang=da', ''],
      ['LANG=da', ''],
      ['lang =da', ''],
      ['lang=d\u00e9', ''],
      ['lang=da\u{1f600}', ''],
      ['\u{1f600}lang=da', ''],
      ['\u{1f600} lang=da', 'da'],
      ['lang=da x', ''],
      ['lang', ''],
    ] as const)
      equal(request(`GET / HTTP/1.1\r\nCookie: ${cookies}\r\n\r\n`).chosenLanguage, language, cookies)
  })

  it('has a length of 9 digits at most', () => {
    for (const [length, expected] of [
      ['', 0],
      ['0', 0],
      ['000000003', 3],
      ['0000000003', 400],
      ['999999999', 413],
      ['1000000000', 400],
      ['\u0663', 400],
      ['3\u00e9', 400],
      ['+3', 400],
      ['3 3', 400],
    ] as const) {
      const parsed = parse(`GET / HTTP/1.1\r\nContent-Length: ${length}\r\n\r\nabc`)
      equal(typeof parsed === 'object' ? parsed.body.length : parsed, expected, length)
    }
  })

  it('is waited for while its body is not complete', () => {
    equal(parse('POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcd'), undefined)
    equal(parse('GET / HTTP/1.1\r\nHost: a\r\n'), undefined)
  })
})
