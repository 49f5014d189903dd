import type { CommandFamily } from './command.js'

export const diagnostics: CommandFamily = Object.freeze({
  ping: () => '',
  version: (target) => target.version,
  uptime: (target) => String(target.uptime()),
})
