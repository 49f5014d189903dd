import { equal } from 'node:assert/strict'
import { addressBeside } from '../../modules/uplink/subnet.js'

const OWN = ['192.168.4.1', '10.0.7.1'] as const

/** The netmask of so many bits. */
function netmask(length: number): string {
  return [0, 8, 16, 24].map((before) => 256 - 2 ** Math.min(8, Math.max(0, 8 - length + before))).join('.')
}

/** The first three bytes of an address as a number: the /24 that it is in. */
function blockOf(address: string): number {
  const [a, b, c] = address.split('.').map(Number)
  return (a! * 256 + b!) * 256 + c!
}

describe('an address beside the network that the station is in', () => {
  it('is the first one without any', () => {
    equal(addressBeside(undefined, OWN), '192.168.4.1')
  })

  it('is the second one where the network holds the first, and only there', () => {
    for (const [address, length, expected] of [
      ['192.168.1.23', 24, OWN[0]],
      ['192.168.4.77', 24, OWN[1]],
      ['192.168.5.77', 24, OWN[0]],
      ['192.168.5.77', 23, OWN[1]],
      ['192.168.6.77', 23, OWN[0]],
      ['192.168.7.77', 22, OWN[1]],
      ['192.168.8.77', 22, OWN[0]],
      ['192.168.0.77', 21, OWN[1]],
      ['192.168.15.77', 20, OWN[1]],
      ['192.168.16.77', 20, OWN[0]],
      ['192.168.255.254', 16, OWN[1]],
      ['192.169.4.1', 16, OWN[0]],
      ['192.169.4.1', 15, OWN[1]],
      ['192.0.0.1', 8, OWN[1]],
      ['10.0.7.9', 8, OWN[0]],
      ['128.0.0.1', 1, OWN[1]],
      // Networks that are smaller than the device's own collide with it, wherever in it they are.
      ['192.168.4.200', 25, OWN[1]],
      ['192.168.4.253', 30, OWN[1]],
      ['192.168.4.1', 32, OWN[1]],
      ['192.168.3.255', 30, OWN[0]],
    ] as const)
      equal(addressBeside({ address, netmask: netmask(length) }, OWN), expected, `${address}/${length}`)
  })

  it('is the last one where no network is left', () => {
    equal(addressBeside({ address: '192.168.4.2', netmask: '0.0.0.0' }, OWN), OWN[1])
  })

  it('is none of the network, counted block by block', () => {
    for (let length = 1; length <= 32; length++)
      for (const address of ['192.168.4.2', '192.168.5.2', '192.168.131.2', '192.169.4.2', '10.0.7.2', '10.200.0.1']) {
        const blocks = 2 ** Math.max(0, 24 - length)
        const first = Math.floor(blockOf(address) / blocks) * blocks
        const held = OWN.map((own) => blockOf(own) >= first && blockOf(own) < first + blocks)
        equal(
          addressBeside({ address, netmask: netmask(length) }, OWN),
          held[0] ? OWN[1] : OWN[0],
          `${address}/${length}`,
        )
      }
  })
})
