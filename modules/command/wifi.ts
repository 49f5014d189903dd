import { cutUtf8 } from '../codec/utf8.js'
import type { Settings } from '../settings/store.js'
import type { CommandFamily } from './command.js'
import { credentialsText, parseCredentials, scanResultText } from './texts.js'

const MAX_SSID = 32
const MAX_PASSWORD = 64

/** Wi-Fi, its settings and the connection. Settings are stored here; they come into use at the next join. */
export const wifi: CommandFamily = Object.freeze({
  rssi: ({ station }, reply) => reply(String(station.rssi())),
  ssid: ({ settings }, reply) => reply(settings.values.ssid),
  wifi_status: ({ station }, reply) => reply(station.status),
  network_quality: ({ station }, reply) =>
    reply(`ping_response_time=unknown&ping_average_packet_loss=unknown&disconnect_count=${station.disconnectCount}`),
  disconnect_count: ({ station }, reply) => reply(String(station.disconnectCount)),
  scan: ({ station }, reply) => station.scan((network) => reply(scanResultText(network), 'scan_result')),
  reconnect: (device) => device.reconnect(),
  set_ssid: ({ settings }, reply, payload) => {
    settings.update(credentials(payload, undefined))
    reply(settings.values.ssid)
  },
  set_pwd: ({ settings }, reply, payload) => {
    settings.update(credentials(undefined, payload))
    reply(settings.values.password)
  },
  set_ssid_pwd: ({ settings }, reply, payload) => {
    const { ssid, password } = parseCredentials(payload)
    settings.update(credentials(ssid, password))
    reply(credentialsText(settings.values.ssid, settings.values.password))
  },
  set_ap_mesh_pwd: ({ settings, accessPoint }, reply, payload) => {
    if (settings.update({ apPassword: cutUtf8(payload, MAX_PASSWORD) })) accessPoint.update()
    reply(settings.values.apPassword)
  },
  ap_status: ({ accessPoint }, reply) => reply(accessPoint.running ? 'started' : 'stopped'),
  start_ap: ({ settings, accessPoint }) => {
    settings.update({ apEnabled: true })
    accessPoint.update()
  },
  stop_ap: ({ settings, accessPoint }) => {
    settings.update({ apEnabled: false })
    accessPoint.update()
  },
})

/** What is there; a network without a name cannot be joined and is left out. */
function credentials(ssid: string | undefined, password: string | undefined): Partial<Settings> {
  const changes: Partial<Settings> = {}
  if (ssid) changes.ssid = cutUtf8(ssid, MAX_SSID)
  if (password !== undefined) changes.password = cutUtf8(password, MAX_PASSWORD)
  return changes
}
