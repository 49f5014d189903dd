/// <reference path="./globals.d.ts" />
/* MOD/modules/network/net/net.js, esp/modNet.c, esp/modResolve.c */

interface Joined {
  readonly ssid: string
  readonly bssid: string
  readonly rssi: number
  readonly channel: number
}

export default class Net {
  /** Undefined before Wi-Fi is up; without a second argument also beside an access point (modNet.c:57-130, getNIF). */
  static get(what: string, which = ''): unknown {
    switch (String(what)) {
      case 'IP':
        return world('net.address', String(which))
      case 'MAC':
        return world('net.mac', String(which))
      case 'SSID':
        return joined()?.ssid
      case 'BSSID':
        return joined()?.bssid.toUpperCase()
      case 'RSSI':
        return joined()?.rssi
      case 'CHANNEL':
        return joined()?.channel
      case 'DNS':
        return world('net.dns').split(',').filter(Boolean)
      default:
        return undefined
    }
  }

  /** One name after the other, the answer never at once (modResolve.c:43-145). */
  static resolve(host: string, callback: (host: string, address?: string) => void): void {
    const handle = hold((name: string, address?: string) => {
      callback(name, address)
      drop(handle)
      world('net.resolved')
    })
    world('net.resolve', String(host), handle)
  }
}

function joined(): Joined | undefined {
  const text: string | undefined = world('wifi.joined')
  return text === undefined ? undefined : JSON.parse(text)
}
