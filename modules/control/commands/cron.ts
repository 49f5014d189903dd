import type { Command, CommandFamily } from '../device.js'
import { valve } from './valve.js'
import { wifi } from './wifi.js'

/** The job table; not in impulse builds and not with NO_CRON. */
export const cron: CommandFamily = Object.freeze({
  set_cron: (device, reply, payload) => {
    device.cron.add(payload)
    reply(payload)
  },
  clear_cron: (device, reply) => {
    device.cron.clear()
    reply('')
  },
  cron: (device, reply) => reply(String(device.cron.count)),
})

/** What a job can do. It publishes nothing. */
export const JOBS: CommandFamily = Object.freeze({
  open: valve.open as Command,
  close: valve.close as Command,
  off: (device) => device.valve.off(),
  test: (device) => device.valve.test(),
  set_ssid_pwd: wifi.set_ssid_pwd as Command,
  reconnect: wifi.reconnect as Command,
  start_ap: wifi.start_ap as Command,
  stop_ap: wifi.stop_ap as Command,
  clear_cron: cron.clear_cron as Command,
})
