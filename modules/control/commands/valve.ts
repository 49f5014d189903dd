import { asks, type CommandTable, moves } from '../device.js'

/** The heating valve; not in impulse builds. */
export const valve: CommandTable = Object.freeze({
  open: moves((device) => device.valve.open()),
  close: moves((device) => device.valve.close()),
  status: asks((device, reply) => reply(device.valve.status)),
  open_until: moves((device, reply, payload) => {
    device.valve.openUntil(payload)
    reply(device.valve.limitText)
    reply(device.valve.status, 'status')
  }),
  open_until_delta: moves((device, reply, payload) => {
    // Without a reading nobody knows what it counts from; the server asks again until it is answered.
    if (!device.valve.hasTotal) return
    device.valve.openUntilDelta(payload)
    reply(device.valve.remainingText)
    reply(device.valve.status, 'status')
  }),
})
