import { asks, type CommandTable, type Run, sets } from '../device.js'
import { valve } from './valve.js'
import { wifi } from './wifi.js'

/** The job table; not in impulse builds and not with NO_CRON. */
export const cron: CommandTable = Object.freeze({
  set_cron: sets((device, reply, payload) => {
    const added = device.cron.add(payload)
    reply(added.ok ? payload : `refused: ${added.error}`)
  }),
  clear_cron: sets((device, reply) => {
    device.cron.clear()
    reply('')
  }),
  cron: asks((device, reply) => reply(String(device.cron.count))),
})

/** What a job can do. It publishes nothing. */
export const CRON_COMMANDS: Readonly<Record<string, Run>> = Object.freeze({
  open: valve.open!.run,
  close: valve.close!.run,
  off: (device) => device.valve.off(),
  test: (device) => device.valve.test(),
  set_ssid_pwd: wifi.set_ssid_pwd!.run,
  reconnect: wifi.reconnect!.run,
  start_ap: wifi.start_ap!.run,
  stop_ap: wifi.stop_ap!.run,
  clear_cron: cron.clear_cron!.run,
})
