import { deepEqual, equal, match } from 'node:assert/strict'
import { parseAddress } from '../../modules/update/address.js'

function parts(url: string): readonly unknown[] | string {
  const parsed = parseAddress(url)
  if (!parsed.ok) return parsed.error
  const { host, port, path } = parsed.value
  return [host, port, path]
}

describe("an update's address", () => {
  it('has a host, a port and a path', () => {
    deepEqual(parts('http://updates/'), ['updates', 80, '/'])
    deepEqual(parts('http://10.0.0.1:8000/a/b?c=d'), ['10.0.0.1', 8000, '/a/b?c=d'])
    deepEqual(parts('http://updates:1/f'), ['updates', 1, '/f'])
    deepEqual(parts('http://updates:65535/f'), ['updates', 65_535, '/f'])
    const path = `/${'a'.repeat(255 - 'http://updates/'.length)}`
    deepEqual(parts(`http://updates${path}`), ['updates', 80, path])
    equal(parts(`http://updates${path}a`), 'url: expected http://host:port/path')
  })

  it('is refused when the request would say something else than it does', () => {
    for (const url of [
      '',
      'http://updates',
      'http:///f',
      'http://updates:0/f',
      'http://updates:65536/f',
      'http://updates:/f',
      'http://updates:80a/f',
      'http://somebody@updates/f',
      'see http://updates/f',
      'ahttp://updates/f',
      'http://updates/f g',
      'http://updates/f\r\nRange: bytes=0-1',
      'http://updates/f\n',
      'http://updates/\u00e9',
    ])
      equal(parts(url), 'url: expected http://host:port/path', url)
  })

  it('has a port of 5 digits at most and a path of printable characters', () => {
    const wrong = 'url: expected http://host:port/path'
    for (const [url, expected] of [
      ['http://a:00080/', ['a', 80, '/']],
      ['http://-.9Z:1/!~', ['-.9Z', 1, '/!~']],
      ['http://a//b:c', ['a', 80, '//b:c']],
      [`http://${'a'.repeat(247)}/`, ['a'.repeat(247), 80, '/']],
      [`http://${'a'.repeat(248)}/`, wrong],
      ['http://a:000080/', wrong],
      ['http://a:80', wrong],
      ['http://a:80:80/', wrong],
      ['http://a:\u0661/', wrong],
      ['http://:80/', wrong],
      ['http://', wrong],
      ['http:/', wrong],
      ['http://a_b/', wrong],
      ['http://a?/', wrong],
      ['HTTP://a/', wrong],
      ['http://\u00e9/', wrong],
      ['http://a\u{1f600}/', wrong],
      ['http://a/\u{1f600}', wrong],
      ['http://a/\u007f', wrong],
    ] as const)
      deepEqual(parts(url), expected, url)
  })

  it('with TLS is refused with the reason', () => {
    match(parts('https://updates/f') as string, /https is not understood; the signature protects the image/)
  })
})
