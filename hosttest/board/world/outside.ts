import { Air } from './air.js'
import { Broker } from './broker.js'
import type { Hardware } from './hardware.js'
import { Listeners } from './listeners.js'
import { Netifs } from './netif.js'
import { Network } from './network.js'
import { Pcbs } from './pcbs.js'
import { Resolver } from './resolver.js'
import { Tcp } from './tcp.js'
import { TimeServers } from './time-servers.js'
import { Udp } from './udp.js'
import { Visitor } from './visitor.js'
import { Wifi } from './wifi.js'

/** Unix milliseconds when the world begins. */
export const WORLD_START = Date.UTC(2026, 5, 1)

/* Addresses of those who visit the device. */
const VISITOR = '192.168.1.50'
const PHONE = '192.168.4.2'

/** Everything that a board reaches by radio, and the parts of the chip by which it does. */
export function outside(
  hardware: Hardware,
  {
    broker = 'broker',
    timeServers = ['dk.pool.ntp.org'],
    unix = WORLD_START,
    mac = undefined as readonly number[] | undefined,
  } = {},
) {
  const air = new Air()
  const network = new Network(hardware.clock)
  const netifs = new Netifs()
  const wifi = new Wifi(hardware, netifs, air, { mac })
  const pcbs = new Pcbs(hardware, netifs)
  const tcp = new Tcp(hardware, network, pcbs)
  const listeners = new Listeners(hardware, netifs, pcbs, tcp)
  const udp = new Udp(hardware, netifs, network)
  for (const part of [netifs, wifi, tcp, listeners, udp, new Resolver(hardware, netifs, network)]) hardware.add(part)
  return {
    air,
    network,
    netifs,
    wifi,
    udp,
    broker: new Broker(network, { name: broker }),
    time: new TimeServers(network, unix, { names: timeServers }),
    /** Somebody in the network that the device is in. */
    visitor: (address = VISITOR) => new Visitor(network, listeners, udp, address),
    /** Somebody who has joined the device's own network; undefined when it is not there or the password is another. */
    phone(password = '', address = PHONE) {
      if (air.accessPoint?.password !== password) return undefined
      wifi.driver.tellStation(true)
      return new Visitor(network, listeners, udp, address)
    },
  }
}
