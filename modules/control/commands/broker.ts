import { parseBrokerAddress, parsePort } from '../../codec/broker-address.js'
import { pairsText, parsePairs } from '../../codec/pairs.js'
import { failure, type Result, success } from '../../codec/result.js'
import { byteLength } from '../../codec/utf8.js'
import { MAX_BROKER_TEXT } from '../../storage/settings.js'
import { brokersOf, withBroker } from '../../uplink/brokers.js'
import type { Broker } from '../../uplink/session.js'
import { asks, type CommandTable, type Device, sets } from '../device.js'

/** The broker that the device calls. */
export const broker: CommandTable = Object.freeze({
  mqtt: asks((device, reply) => {
    const { host, port, user } = storedIn(device)
    const used = device.usesPreviousBroker ? 'previous' : 'first'
    reply(pairsText({ host, port: String(port), user, broker: used }))
  }),
  set_mqtt: sets((device, reply, payload) => {
    const changes = parseBroker(payload)
    if (!changes.ok) return reply(`refused: ${changes.error}`)
    const { settings } = device
    if (settings.update(withBroker(settings.values, changes.value))) device.brokerChanged()
    const { host, port, user, password } = storedIn(device)
    reply(pairsText({ host, port: String(port), user, pwd: password }))
  }),
})

function storedIn({ settings }: Device): Broker {
  return brokersOf(settings.values)[0]!
}

/** The settings that `host=..&port=..&user=..&pwd=..` names; the error of the first that is wrong. */
export function parseBroker(text: string): Result<Partial<Broker>> {
  let changes: Partial<Broker> = {}
  for (const [name, value] of parsePairs(text)) {
    const isLong = byteLength(value) > MAX_BROKER_TEXT
    if (name === 'host') {
      const address = parseBrokerAddress(value)
      if (!address.ok) return address
      const { host, port = changes.port } = address.value
      changes = port === undefined ? { ...changes, host } : { ...changes, host, port }
    } else if (name === 'port') {
      const port = parsePort(value)
      if (port === undefined) return failure(`port: expected 1 to 65535, got "${value}"`)
      changes = { ...changes, port }
    } else if (isLong) return failure(`${name}: expected at most ${MAX_BROKER_TEXT} bytes`)
    else if (name === 'user') changes = { ...changes, user: value }
    else if (name === 'pwd') changes = { ...changes, password: value }
    else return failure(`${name}: expected host, port, user or pwd`)
  }
  return success(changes)
}
