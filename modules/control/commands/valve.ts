import type { CommandFamily } from '../device.js'

/** The heating valve; not in impulse builds. */
export const valve: CommandFamily = Object.freeze({
  open: (device) => device.valve.open(),
  close: (device) => device.valve.close(),
  status: (device, reply) => reply(device.valve.status),
  open_until: (device, reply, payload) => {
    device.valve.openUntil(payload)
    reply(device.valve.limitText)
    reply(device.valve.status, 'status')
  },
  open_until_delta: (device, reply, payload) => {
    // Without a reading nobody knows what it counts from; the server asks again until it is answered.
    if (!device.valve.hasTotal) return
    device.valve.openUntilDelta(payload)
    reply(device.valve.remainingText)
    reply(device.valve.status, 'status')
  },
})
