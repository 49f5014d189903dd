import { decimalText } from '../../codec/decimal.js'
import { asks, type CommandTable, does, sets } from '../device.js'
import { resetReasonText } from '../texts.js'

/** What the device is and how it fares; asking changes nothing. */
export const diagnostics: CommandTable = Object.freeze({
  ping: asks((_device, reply) => reply('')),
  version: asks((device, reply) => reply(device.version)),
  crypto: asks((device, reply) => reply(device.version)),
  uptime: asks((device, reply) => reply(String(device.uptime()))),
  mem: asks(({ system }, reply) => reply(`heap=${system.freeHeap()}`)),
  vdd: asks(({ system }, reply) => {
    const millivolts = system.supplyVoltage()
    reply(millivolts === undefined ? 'unknown' : decimalText(false, millivolts, -3))
  }),
  chip_id: asks(({ system }, reply) => reply(`0x${system.chipId.toString(16).padStart(6, '0')}`)),
  flash_id: asks(({ system }, reply) => reply(`0x${system.flashId.toString(16)}`)),
  flash_size: asks(({ system }, reply) => reply(`${Math.floor(system.flashSize / 1024)} kB`)),
  reset_reason: asks(({ system }, reply) => reply(resetReasonText(system))),
  restart: does((device) => device.restart()),
})

/** With DEBUG_STACK_TRACE. The ESP32 dumps its core by itself; the reply is what operators look for. */
export const stackTrace: CommandTable = Object.freeze({
  stack_trace: asks((_device, reply) => reply('enabled')),
})

/** Commands of impulse builds. */
export const impulse: CommandTable = Object.freeze({
  save: sets((device, reply) => {
    device.save()
    reply('saved')
  }),
})
