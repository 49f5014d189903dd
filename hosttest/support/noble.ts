// node only
import { EventEmitter } from 'node:events'
import { fromHex } from '../../modules/codec/hex.js'
import type { BluetoothReport, StartBluetooth } from '../../twin/bluetooth/messages.js'
import type { Noble } from '../../twin/bluetooth/noble.js'
import { BluetoothService } from '../../twin/bluetooth/service.js'
import type { VirtualClock } from '../../twin/clock.js'
import type { CapturedNotification } from '../../twin/concentrator.js'

const LIBRARY = '@stoprocent/noble'

/** The upper half of the library, which is the same on every system; undefined where the library is not installed. */
export async function nobleClass(): Promise<(new (bindings: unknown) => Noble) | undefined> {
  const path = `${LIBRARY}/lib/noble.js`
  try {
    return ((await import(path)) as { readonly default: new (bindings: unknown) => Noble }).default
  } catch {
    return undefined
  }
}

export const UART_SERVICE = '49535343fe7d4ae58fa99fafd205e455'
export const UART = '495353431e4d4bd9ba6123c647249616'

/** A concentrator in range of the adapter. */
export interface Peer {
  readonly id: string
  readonly name: string
  readonly notifications: readonly CapturedNotification[]
}

/** What is wrong with the adapter or the way to the peer. */
export interface AdapterFaults {
  connectHangs: boolean
  /** The connection comes after the request was cancelled. */
  connectsAfterCancel: boolean
  losesWhileDiscovering: boolean
  notifyHangs: boolean
  notifyFails: boolean
  scanFails: boolean
}

/**
 * A stand-in of the library's lower half, the bindings to an operating system. It keeps the order of events of the D-Bus
 * bindings of version 2.8 (lib/dbus/bindings.js): `stateChange` some time after `start` (208); `discover` again and again
 * while a search lasts, and `scanStart` only after the first (321, 337); `connect` when the services are known (524-537),
 * an error of it without `disconnect` (590-596); services and characteristics within the call (714, 736); `read` with the
 * first bytes before `notify` tells that they are enabled (820, 827), which CoreBluetooth does too; `disconnect` once, and
 * nothing of the peer after it (563-571). When the adapter goes off, `stateChange` comes first (402), and what was under
 * way fails later, for peripherals that the upper half has forgotten by then. Warnings are events of the bindings (291).
 */
export class StandInBindings extends EventEmitter {
  readonly faults: AdapterFaults = {
    connectHangs: false,
    connectsAfterCancel: false,
    losesWhileDiscovering: false,
    notifyHangs: false,
    notifyFails: false,
    scanFails: false,
  }
  state = 'poweredOn'
  peers: Peer[] = []
  scanning = false
  stopped = false
  connected: Peer | undefined
  connections: string[] = []
  #clock: VirtualClock
  #onCrash: (error: Error) => void
  #connecting: string | undefined
  #notifying = false

  /** @param onCrash what an error does that the library throws into its own callbacks: the process ends */
  constructor(clock: VirtualClock, onCrash: (error: Error) => void) {
    super()
    this.#clock = clock
    this.#onCrash = onCrash
  }

  start(): void {
    this.#later(50, () => {
      if (this.state === 'unsupported') this.emit('warning', 'dbus init failed: No BlueZ adapter found')
      this.emit('stateChange', this.state)
    })
  }

  stop(): void {
    this.stopped = true
    this.scanning = false
  }

  /** Somebody switches the adapter off or on. */
  power(isOn: boolean): void {
    this.state = isOn ? 'poweredOn' : 'poweredOff'
    const { connected } = this
    this.#guard(() => this.emit('stateChange', this.state))
    if (isOn) return
    this.scanning = false
    if (this.#notifying)
      this.#later(20, () => this.emit('notify', connected!.id, UART_SERVICE, UART, false, new Error('off')))
    if (connected !== undefined) this.#later(20, () => this.#lose(connected, 'remote'))
  }

  loseLink(): void {
    if (this.connected !== undefined) this.#lose(this.connected, 'remote')
  }

  addressToId(address: string): string {
    return address
  }

  startScanning(): void {
    if (this.faults.scanFails) return void this.emit('warning', 'startScanning failed: Resource Not Ready')
    this.scanning = true
    const advertise = () => {
      if (!this.scanning) return
      const stranger: Peer = { id: 'stranger', name: 'Phone', notifications: [] }
      for (const { id, name } of [stranger, ...this.peers.filter((peer) => peer !== this.connected)])
        this.emit('discover', id, id, 'public', true, { localName: name, serviceUuids: [] }, -60, false)
      this.#later(500, advertise)
    }
    this.#later(200, () => {
      advertise()
      this.emit('scanStart', true)
    })
  }

  stopScanning(): void {
    this.scanning = false
    this.#later(5, () => this.emit('scanStop'))
  }

  connect(id: string): void {
    this.#connecting = id
    const fails = this.state !== 'poweredOn'
    this.#later(300, () => {
      if (this.#connecting !== id && !this.faults.connectsAfterCancel) return
      if (fails) return this.emit('connect', id, new Error('adapter is off'))
      if (this.faults.connectHangs) return
      this.connected = this.peers.find((peer) => peer.id === id)
      this.connections.push(id)
      this.emit('connect', id, null)
    })
  }

  cancelConnect(id: string): void {
    this.#connecting = undefined
    this.#later(20, () => this.emit('connect', id, new Error('le-connection-abort-by-local')))
  }

  disconnect(id: string): void {
    const peer = this.connected
    if (peer?.id === id) this.#later(30, () => this.#lose(peer, 'remote'))
  }

  discoverServices(id: string, uuids: readonly string[]): void {
    if (this.faults.losesWhileDiscovering) return this.loseLink()
    const services = uuids.filter((uuid) => uuid === UART_SERVICE || uuid === 'ff00')
    this.emit('servicesDiscover', id, services)
    this.emit('servicesDiscovered', id, services)
  }

  discoverCharacteristics(id: string, service: string, uuids: readonly string[]): void {
    const found = uuids.map((uuid) => ({ uuid, properties: ['notify'] }))
    this.emit('characteristicsDiscover', id, service, found)
    this.emit('characteristicsDiscovered', id, service, found)
  }

  notify(id: string, service: string, characteristic: string): void {
    const peer = this.connected!
    if (this.faults.notifyFails)
      return this.#later(10, () => this.emit('notify', id, service, characteristic, false, new Error('Not Permitted')))
    const [first, ...rest] = peer.notifications
    const send = ({ hex }: CapturedNotification) =>
      this.emit('read', id, service, characteristic, Buffer.from(fromHex(hex)!), true)
    this.#notifying = true
    this.#later(10, () => {
      if (this.connected === peer && first !== undefined) send(first)
    })
    if (this.faults.notifyHangs) return
    this.#later(40, () => {
      if (this.connected !== peer) return
      this.#notifying = false
      this.emit('notify', id, service, characteristic, true)
      for (const [i, one] of rest.entries())
        this.#later(20 * (i + 1), () => {
          if (this.connected === peer) send(one)
        })
    })
  }

  #lose(peer: Peer, reason: string): void {
    if (this.connected !== peer) return
    this.connected = undefined
    this.#notifying = false
    this.#guard(() => this.emit('disconnect', peer.id, reason))
  }

  #later(ms: number, action: () => void): void {
    this.#clock.set(() => {
      if (!this.stopped) this.#guard(action)
    }, ms)
  }

  #guard(action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#onCrash(error as Error)
    }
  }
}

/** The world around the processes that the firmware starts: each gets bindings of its own to the one adapter. */
export class Adapter {
  readonly processes: StandInBindings[] = []
  readonly kills: number[] = []
  /** How each next process behaves. */
  prepare: (bindings: StandInBindings) => void = () => {}
  ignoresEnd = false
  #clock: VirtualClock
  #class: new (
    bindings: unknown,
  ) => Noble

  constructor(clock: VirtualClock, noble: new (bindings: unknown) => Noble) {
    this.#clock = clock
    this.#class = noble
  }

  /** The bindings of the last process. */
  get bindings(): StandInBindings {
    return this.processes.at(-1)!
  }

  /** Carries messages there and back with a delay, as between two processes. */
  readonly start: StartBluetooth = ({ onReport, onExit }) => {
    const clock = this.#clock
    let isAlive = true
    const exit = (how: string) => {
      if (!isAlive) return
      isAlive = false
      bindings.stop()
      clock.set(() => onExit(how), 1)
    }
    const report = (report: BluetoothReport) => {
      if (isAlive) clock.set(() => onReport(report), 1)
    }
    const bindings = new StandInBindings(clock, (error) => {
      report({ is: 'failed', detail: error.message })
      exit('exit code 1')
    })
    this.prepare(bindings)
    this.processes.push(bindings)
    const service = new BluetoothService(new this.#class(bindings), report)
    return {
      send: (order) => {
        clock.set(() => {
          if (!isAlive || (order.do === 'end' && this.ignoresEnd)) return
          if (order.do === 'end') service.end(() => exit('exit code 0'))
          else service.order(order)
        }, 1)
      },
      kill: () => {
        this.kills.push(clock.now())
        exit('SIGKILL')
      },
    }
  }
}
