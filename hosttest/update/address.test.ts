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

  it('with TLS is refused with the reason', () => {
    match(parts('https://updates/f') as string, /https is not understood; the signature protects the image/)
  })
})
