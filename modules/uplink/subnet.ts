import type { Uplink } from '../ports/wifi.js'

/** The netmask of the access point's own networks. */
export const OWN_NETMASK = '255.255.255.0'

/**
 * The first of the addresses whose /24 shares none with the network that the station is in, however large that is; the
 * last of them where each does.
 */
export function addressBeside(uplink: Uplink | undefined, addresses: readonly string[]): string {
  const free = uplink && addresses.find((address) => !overlaps(uplink, address))
  return free ?? addresses[uplink === undefined ? 0 : addresses.length - 1]!
}

/** Two networks share addresses where they agree in the bits that both masks have. */
function overlaps({ address, netmask }: Uplink, own: string): boolean {
  return ((bitsOf(address) ^ bitsOf(own)) & bitsOf(netmask) & bitsOf(OWN_NETMASK)) === 0
}

function bitsOf(address: string): number {
  return address.split('.').reduce((bits, byte) => (bits << 8) | Number(byte), 0)
}
