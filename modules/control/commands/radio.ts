import { parseHeaders } from '../../radio/header-list.js'
import { asks, type CommandTable, sets } from '../device.js'

/** Builds that read radio meters have these. */
export const radio: CommandTable = Object.freeze({
  radio_headers: asks(({ settings }, reply) => reply(settings.values.radioHeaders)),
  set_radio_headers: sets((device, reply, payload) => {
    const headers = parseHeaders(payload)
    if (!headers.ok) return reply(`refused: ${headers.error}`)
    const { settings } = device
    if (settings.update({ radioHeaders: payload.trim() })) device.radioHeadersChanged()
    reply(settings.values.radioHeaders)
  }),
})
