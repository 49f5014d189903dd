import { deepEqual } from 'node:assert/strict'
import { parseBroker } from '../../modules/control/commands/broker.js'

const PRINT = '0123456789abcdef'.repeat(4)

/** What of a broker the text changes, or why the device refuses it. */
function read(text: string): unknown {
  const changes = parseBroker(text)
  return changes.ok ? changes.value : changes.error
}

describe('what `set_mqtt` names', () => {
  it('is any of host, port, user and password', () => {
    deepEqual(read('host=mqtt.example.org'), { host: 'mqtt.example.org' })
    deepEqual(read('port=8883'), { port: 8883 })
    deepEqual(read('user=meter&pwd=secret'), { user: 'meter', password: 'secret' })
    deepEqual(read('user=&pwd='), { user: '', password: '' })
  })

  it('may have the port behind the host; one of its own before it stays', () => {
    deepEqual(read('host=mqtt.example.org:8883'), { host: 'mqtt.example.org', port: 8883 })
    deepEqual(read('host=mqtt.example.org:8883&port=1884'), { host: 'mqtt.example.org', port: 1884 })
    deepEqual(read('port=1884&host=mqtt.example.org'), { host: 'mqtt.example.org', port: 1884 })
  })

  it('has the usual port of TLS with a certificate, and that without TLS with `none`, unless it names one', () => {
    deepEqual(read(`certificate=${PRINT}`), { port: 8883, certificate: PRINT })
    deepEqual(read('certificate=none'), { port: 1883, certificate: '' })
    for (const text of [`certificate=${PRINT}&port=9000`, `port=9000&certificate=${PRINT}`])
      deepEqual(read(text), { port: 9000, certificate: PRINT }, text)
  })

  it('is refused as a whole, with the reason, where one of them is wrong', () => {
    for (const port of ['', '0', '65536', '1e3', '-1', 'x'])
      deepEqual(read(`user=meter&port=${port}`), `port: expected 1 to 65535, got "${port}"`)
    for (const certificate of ['', 'x', PRINT.slice(1)])
      deepEqual(read(`certificate=${certificate}`), 'certificate: expected 64 hex digits, or none')
    deepEqual(read('hosts=a'), 'hosts: expected host, port, user, pwd or certificate')
    deepEqual(typeof read('host=-'), 'string')
  })

  it('has no user and no password of more than 64 bytes', () => {
    for (const name of ['user', 'pwd']) {
      deepEqual(typeof read(`${name}=${'x'.repeat(64)}`), 'object')
      deepEqual(read(`${name}=${'x'.repeat(65)}`), `${name}: expected at most 64 bytes`)
      deepEqual(read(`${name}=${'é'.repeat(33)}`), `${name}: expected at most 64 bytes`)
    }
  })
})
