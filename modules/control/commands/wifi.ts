import { cutUtf8 } from '../../codec/utf8.js'
import { isWpaPassword } from '../../codec/wpa.js'
import { MAX_PASSWORD, MAX_SSID } from '../../storage/settings.js'
import { type Credentials, withCredentials } from '../../uplink/credentials.js'
import { asks, type CommandTable, type Device, sets } from '../device.js'
import { credentialsText, parseCredentials, scanResultText } from '../texts.js'

/** Wi-Fi, its settings and the connection. */
export const wifi: CommandTable = Object.freeze({
  rssi: asks(({ station }, reply) => reply(String(station.rssi()))),
  ssid: asks(({ settings }, reply) => reply(settings.values.ssid)),
  wifi_status: asks(({ station }, reply) => reply(station.status)),
  network_quality: asks((device, reply) => reply(device.networkQuality())),
  disconnect_count: asks(({ station }, reply) => reply(String(station.disconnectCount))),
  scan: asks(({ station }, reply) => station.scan((network) => reply(scanResultText(network), 'scan_result'))),
  reconnect: sets((device) => device.reconnect()),
  set_ssid: sets((device, reply, payload) => {
    store(device, { ssid: payload })
    reply(device.settings.values.ssid)
  }),
  set_pwd: sets((device, reply, payload) => {
    store(device, { password: payload })
    reply(device.settings.values.password)
  }),
  set_ssid_pwd: sets((device, reply, payload) => {
    store(device, parseCredentials(payload))
    const { ssid, password } = device.settings.values
    reply(credentialsText(ssid, password))
  }),
  set_fallback_ssid_pwd: sets(({ settings }, reply, payload) => {
    const { ssid = '', password = '' } = parseCredentials(payload)
    settings.update({ fallbackSsid: cutUtf8(ssid, MAX_SSID), fallbackPassword: cutUtf8(password, MAX_PASSWORD) })
    reply(credentialsText(settings.values.fallbackSsid, settings.values.fallbackPassword))
  }),
  set_ap_mesh_pwd: sets(({ settings, accessPoint }, reply, payload) => {
    if (payload !== '' && !isWpaPassword(payload)) return reply('refused: expected 8 to 63 characters of ASCII')
    if (settings.update({ apPassword: payload })) accessPoint.update()
    reply(settings.values.apPassword)
  }),
  ap_status: asks(({ accessPoint }, reply) => reply(accessPoint.status)),
  start_ap: sets(({ settings, accessPoint }, reply) => {
    if (!accessPoint.hasPassword) return reply('refused: no password, see set_ap_mesh_pwd')
    settings.update({ apEnabled: true })
    accessPoint.update()
  }),
  stop_ap: sets(({ settings, accessPoint }) => {
    settings.update({ apEnabled: false })
    accessPoint.update()
  }),
})

/** Stores new credentials. The station switches to them if their network is in range. An empty SSID is ignored. */
function store({ settings, station }: Device, { ssid, password }: Partial<Credentials>): void {
  const changes = withCredentials(settings.values, {
    ...(ssid ? { ssid: cutUtf8(ssid, MAX_SSID) } : {}),
    ...(password === undefined ? {} : { password: cutUtf8(password, MAX_PASSWORD) }),
  })
  if (settings.update(changes)) station.credentialsChanged()
}
