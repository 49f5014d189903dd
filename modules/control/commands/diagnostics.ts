import { decimalText } from '../../codec/decimal.js'
import type { CommandFamily } from '../device.js'
import { resetReasonText } from '../texts.js'

/** What the device is and how it fares; asking changes nothing. */
export const diagnostics: CommandFamily = Object.freeze({
  ping: (_device, reply) => reply(''),
  version: (device, reply) => reply(device.version),
  crypto: (device, reply) => reply(device.version),
  uptime: (device, reply) => reply(String(device.uptime())),
  mem: ({ system }, reply) => reply(`heap=${system.freeHeap()}`),
  vdd: ({ system }, reply) => {
    const millivolts = system.supplyVoltage()
    reply(millivolts === undefined ? 'unknown' : decimalText(false, millivolts, -3))
  },
  chip_id: ({ system }, reply) => reply(`0x${system.chipId.toString(16).padStart(6, '0')}`),
  flash_id: ({ system }, reply) => reply(`0x${system.flashId.toString(16)}`),
  flash_size: ({ system }, reply) => reply(`${Math.floor(system.flashSize / 1024)} kB`),
  reset_reason: ({ system }, reply) => reply(resetReasonText(system)),
  restart: (device) => device.restart(),
})

/** With DEBUG_STACK_TRACE. The ESP32 dumps its core by itself; the reply is what operators look for. */
export const stackTrace: CommandFamily = Object.freeze({
  stack_trace: (_device, reply) => reply('enabled'),
})

/** Of impulse builds. */
export const impulse: CommandFamily = Object.freeze({
  save: (device, reply) => {
    device.save()
    reply('saved')
  },
})
