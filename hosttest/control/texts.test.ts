import { deepEqual, equal } from 'node:assert/strict'
import { diagnostics } from '../../modules/control/commands/diagnostics.js'
import type { Device } from '../../modules/control/device.js'
import { credentialsText, parseCredentials } from '../../modules/control/texts.js'

describe('credentials', () => {
  it('are the pairs ssid and pwd, in any order', () => {
    for (const text of [
      'ssid=net&pwd=secret',
      'pwd=secret&ssid=net',
      'x=1&y&pwd=secret&ssid=net&z=2',
      'y&pwd=secret&ssid=net',
    ])
      deepEqual(parseCredentials(text), { ssid: 'net', password: 'secret' }, text)
  })

  it('have a password that may hold every sign, though the server does not escape it', () => {
    for (const [text, password] of [
      ['ssid=net&pwd=a&b', 'a&b'],
      ['pwd=a&b&&c&ssid=net', 'a&b&&c'],
      ['ssid=net&pwd=a=b', 'a=b'],
      ['ssid=net&pwd=a%26b%3Dc%3d', 'a&b=c='],
      ['ssid=net&pwd=', ''],
      ['ssid=net&pwd=a&x=1&b', 'a'],
    ] as const)
      deepEqual(parseCredentials(text), { ssid: 'net', password }, text)
  })

  it('leave out what is missing', () => {
    deepEqual(parseCredentials('ssid=net'), { ssid: 'net' })
    deepEqual(parseCredentials('pwd=secret'), { password: 'secret' })
    deepEqual(parseCredentials('net&secret'), {})
  })

  it('are told with & and = escaped', () => {
    equal(credentialsText('a&b=c', 'd=e&f'), 'ssid=a%26b%3Dc&pwd=d%3De%26f')
  })
})

describe('the supply voltage', () => {
  it('has three decimals, and is unknown on a board that cannot measure it', () => {
    const vdd = (millivolts: number | undefined) => {
      const replies: string[] = []
      diagnostics.vdd!.run({ system: { supplyVoltage: () => millivolts } } as Device, (text) => replies.push(text), '')
      return replies
    }
    deepEqual([vdd(3299), vdd(undefined)], [['3.299'], ['unknown']])
  })
})
