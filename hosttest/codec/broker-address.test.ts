import { deepEqual, equal, ok } from 'node:assert/strict'
import { parseBrokerAddress } from '../../modules/codec/broker-address.js'

function read(text: string): string {
  const address = parseBrokerAddress(text)
  return address.ok ? `${address.value.host} ${address.value.port}` : 'refused'
}

describe('the address of a broker', () => {
  it('is a name or four numbers, with a port or without', () => {
    const read63 = `${'a'.repeat(31)}.${'b'.repeat(31)}`
    deepEqual(
      ['mqtt.example.org', 'broker', 'host:8883', '10.0.0.2', '10.0.0.2:1884', 'a-b.x', 'my_broker.lan', '9x.dk'].map(
        read,
      ),
      [
        'mqtt.example.org undefined',
        'broker undefined',
        'host 8883',
        '10.0.0.2 undefined',
        '10.0.0.2 1884',
        'a-b.x undefined',
        'my_broker.lan undefined',
        '9x.dk undefined',
      ],
    )
    for (const name of ['mqtt2', '2mqtt', '10.0.0.x', '192.168.100.255']) equal(read(name), `${name} undefined`)
    equal(read('mqtt.example.org.'), 'mqtt.example.org undefined')
    equal(read(read63), `${read63} undefined`)
  })

  it('is refused where nothing could ever answer under it', () => {
    const wrong = [
      ...['', '-', '.', '..', ' ', 'a b', ' a', 'a ', 'a..b', '.a', 'a.-b', 'a-.b', 'a/b', 'mqtt://a', 'ø.dk', '[::1]'],
      ...['::1', 'a:', ':1883', 'a:0', 'a:65536', 'a:123456', 'a:1e3', 'a: 1', 'a:1:2', 'a\n', 'a\0'],
      ...['256.1.1.1', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1234', '1.2.3.4444444444', 'a'.repeat(64)],
    ]
    for (const text of wrong) equal(read(text), 'refused', JSON.stringify(text))
  })

  it('has labels of letters, digits, _ and - that no - begins or ends', () => {
    const good = ['_', 'a_', '_a', 'a--b', 'a-_', '0a', 'Z9', 'a.1', '1.2.3.4x']
    for (const text of good) equal(read(text), `${text} undefined`)
    for (const text of ['--', '-a', 'a-', 'a@', 'a[', 'a`', 'a{', 'a,b', 'å', 'a😀', '１', 'a.-', '_.-a'])
      equal(read(text), 'refused', text)
    equal(read('a:00001'), 'a 1')
    for (const port of ['65535.0', '+1', '-1', '1 ', '1\n', '000001', '１', '😀'])
      equal(read(`a:${port}`), 'refused', port)
  })

  it('is refused with the reason', () => {
    const reason = (text: string) => {
      const address = parseBrokerAddress(text)
      ok(!address.ok)
      return address.error
    }
    equal(reason('a..b'), 'host: "" is no part of a name')
    equal(reason('host.a-.dk'), 'host: "a-" is no part of a name')
    equal(reason('host:88830'), 'port: expected 1 to 65535, got "88830"')
    equal(reason('a:1:2'), 'host: expected a name or an IPv4 address, got more than one ":"')
    equal(reason(':1883'), 'host: missing')
    equal(reason('.'), 'host: missing')
    equal(reason('a'.repeat(64)), 'host: expected at most 63 bytes, got 64')
    equal(reason('10.0.0.256'), 'host: expected four numbers up to 255, got "10.0.0.256"')
  })
})
