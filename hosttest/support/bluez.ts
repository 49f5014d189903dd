// node only

import { fromHex } from '../../modules/codec/hex.js'
import type { CapturedNotification } from '../../twin/concentrator.js'

/** The part of dbus-next that is used; it is an optional dependency, so its own types may be absent. */
interface Dbus {
  readonly Variant: new (signature: string, value: unknown) => unknown
  readonly Message: {
    newMethodReturn(call: Call, signature: string, body: unknown[]): unknown
    newError(call: Call, name: string, text: string): unknown
    newSignal(path: string, iface: string, member: string, signature: string, body: unknown[]): unknown
  }
  sessionBus(options: { readonly busAddress: string }): Bus
}

interface Call {
  readonly path: string
  readonly interface: string
  readonly member: string
}

interface Bus {
  on(event: 'error', listener: (error: Error) => void): void
  requestName(name: string, flags: number): Promise<unknown>
  addMethodHandler(handler: (call: Call) => boolean): void
  send(message: unknown): void
  disconnect(): void
}

const ADAPTER = '/org/bluez/hci0'
const DEVICE = `${ADAPTER}/dev_60_6E_41_E3_18_5F`
const SERVICE = `${DEVICE}/service0030`
const CHARACTERISTIC = `${SERVICE}/char0031`

const METHODS: Readonly<Record<string, string>> = {
  'org.freedesktop.DBus.ObjectManager':
    '<method name="GetManagedObjects"><arg type="a{oa{sa{sv}}}" direction="out"/></method><signal name="InterfacesAdded"><arg type="o"/><arg type="a{sa{sv}}"/></signal><signal name="InterfacesRemoved"><arg type="o"/><arg type="as"/></signal>',
  'org.freedesktop.DBus.Properties':
    '<signal name="PropertiesChanged"><arg type="s"/><arg type="a{sv}"/><arg type="as"/></signal>',
  'org.bluez.Adapter1':
    '<method name="SetDiscoveryFilter"><arg type="a{sv}" direction="in"/></method><method name="StartDiscovery"/><method name="StopDiscovery"/>',
  'org.bluez.Device1': '<method name="Connect"/><method name="Disconnect"/>',
  'org.bluez.GattCharacteristic1': '<method name="StartNotify"/><method name="StopNotify"/>',
}

const XML = `<!DOCTYPE node PUBLIC "-//freedesktop//DTD D-BUS Object Introspection 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd">
<node>${Object.entries(METHODS)
  .map(([name, members]) => `<interface name="${name}">${members}</interface>`)
  .join('')}</node>`

/**
 * A stand-in of bluetoothd on a bus of its own: one adapter that is on, and a concentrator which plays a session. It
 * does what BlueZ does in the order in which BlueZ does it: the reply to `Connect` comes last, and a value may come before
 * the reply to `StartNotify`.
 */
export class StandInBluez {
  /** The methods that were called, but for the bus's own. */
  readonly calls: string[] = []
  #dbus: Dbus
  #bus: Bus
  #notifications: readonly CapturedNotification[]

  private constructor(dbus: Dbus, bus: Bus, notifications: readonly CapturedNotification[]) {
    this.#dbus = dbus
    this.#bus = bus
    this.#notifications = notifications
    bus.on('error', () => {})
    bus.addMethodHandler((call) => this.#answer(call))
  }

  static async at(busAddress: string, notifications: readonly CapturedNotification[]): Promise<StandInBluez> {
    const name = 'dbus-next'
    const dbus = ((await import(name)) as { readonly default: Dbus }).default
    const bus = dbus.sessionBus({ busAddress })
    const bluez = new StandInBluez(dbus, bus, notifications)
    await bus.requestName('org.bluez', 0)
    return bluez
  }

  /** The concentrator goes out of range. */
  loseLink(): void {
    this.#changed(DEVICE, 'org.bluez.Device1', { Connected: ['b', false], ServicesResolved: ['b', false] })
  }

  close(): void {
    this.#bus.disconnect()
  }

  #answer(call: Call): boolean {
    const reply = (signature = '', ...body: unknown[]) =>
      this.#bus.send(this.#dbus.Message.newMethodReturn(call, signature, body))
    if (call.member === 'Introspect') reply('s', XML)
    else if (call.member === 'GetManagedObjects')
      reply('a{oa{sa{sv}}}', { [ADAPTER]: this.#props('org.bluez.Adapter1', { Powered: ['b', true] }) })
    else if (!call.interface.startsWith('org.bluez.')) return false
    else {
      this.calls.push(call.member)
      this.#carryOut(call.member)
      reply()
    }
    return true
  }

  #carryOut(member: string): void {
    const device = { Address: ['s', '60:6E:41:E3:18:5F'], Name: ['s', 'VW1871-250111'], RSSI: ['n', -60] } as const
    const uuid = (text: string) => ({ UUID: ['s', text] }) as const
    if (member === 'StartDiscovery') setImmediate(() => this.#added(DEVICE, 'org.bluez.Device1', device))
    if (member === 'Connect') {
      this.#changed(DEVICE, 'org.bluez.Device1', { Connected: ['b', true] })
      this.#added(SERVICE, 'org.bluez.GattService1', uuid('49535343-fe7d-4ae5-8fa9-9fafd205e455'))
      this.#added(CHARACTERISTIC, 'org.bluez.GattCharacteristic1', uuid('49535343-1e4d-4bd9-ba61-23c647249616'))
      this.#changed(DEVICE, 'org.bluez.Device1', { ServicesResolved: ['b', true] })
    }
    if (member === 'Disconnect') this.loseLink()
    if (member === 'StartNotify')
      for (const { hex } of this.#notifications)
        this.#changed(CHARACTERISTIC, 'org.bluez.GattCharacteristic1', { Value: ['ay', Buffer.from(fromHex(hex)!)] })
  }

  #added(path: string, iface: string, values: Values): void {
    this.#signal(
      '/',
      'org.freedesktop.DBus.ObjectManager',
      'InterfacesAdded',
      'oa{sa{sv}}',
      path,
      this.#props(iface, values),
    )
  }

  #changed(path: string, iface: string, values: Values): void {
    const changed = this.#props(iface, values)[iface]
    this.#signal(path, 'org.freedesktop.DBus.Properties', 'PropertiesChanged', 'sa{sv}as', iface, changed, [])
  }

  #signal(path: string, iface: string, member: string, signature: string, ...body: unknown[]): void {
    this.#bus.send(this.#dbus.Message.newSignal(path, iface, member, signature, body))
  }

  #props(iface: string, values: Values): Record<string, unknown> {
    const variants = Object.entries(values).map(([name, [type, value]]) => [name, new this.#dbus.Variant(type, value)])
    return { [iface]: Object.fromEntries(variants) }
  }
}

type Values = Readonly<Record<string, readonly [type: string, value: unknown]>>

/** A configuration of dbus-daemon for a bus that only this user reaches. */
export function busConfiguration(socket: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path=${socket}</listen><auth>EXTERNAL</auth><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`
}
