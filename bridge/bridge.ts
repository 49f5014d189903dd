import type { MqttClient } from 'mqtt'
import { commandTopic } from '../modules/delivery/topics.js'
import type { Envelope } from '../modules/mqttcrypto/envelope.js'
import type { Clock } from '../modules/ports/clock.js'
import type { KeyRegister } from '../tools/key-register.js'
import { Availability } from './availability.js'
import { Control } from './control.js'
import { type Device, Devices } from './devices.js'
import { birthTopic } from './discovery.js'
import { Outlet } from './outlet.js'
import type { Sink } from './pipeline.js'
import { Publisher } from './publisher.js'
import type { Arrival } from './store/store.js'
import type { OpenTopics } from './topics.js'

export interface BridgeOptions {
  readonly clock: Clock
  readonly envelopes: (serial: string) => Envelope | undefined
  /** Undefined with one key for all devices. */
  readonly register: KeyRegister | undefined
  readonly topics: OpenTopics
  /** The prefix of Home Assistant; undefined without it. */
  readonly homeAssistant: string | undefined
  readonly hasControl: boolean
  /** ms */
  readonly silent: number
  readonly version: string
  /** To the broker that gets what is opened. */
  readonly client: MqttClient
  /** That broker's URL as it may be shown; undefined where another connection to it tells when it is away. */
  readonly shown: string | undefined
  /** Unix milliseconds. */
  unix(): number
}

export interface BridgeHost {
  /** Publishes to the devices' broker. @returns false where it is away */
  publish(topic: string, payload: Uint8Array): boolean
  say(line: string): void
}

/** Hands on what devices say to a broker, and what somebody there says to them. */
export class Bridge implements Sink {
  readonly devices: Devices
  #options: BridgeOptions
  #host: BridgeHost
  #availability: Availability
  #outlet: Outlet
  #publisher: Publisher
  #isClosing = false

  constructor(options: BridgeOptions, host: BridgeHost) {
    const { clock, register, topics, homeAssistant, hasControl, silent, version, unix } = options
    this.#options = options
    this.#host = host
    const say = (line: string) => host.say(line)
    this.devices = new Devices(register?.devices ?? [], (serial) => register?.find(serial))
    const send = (device: Device, name: string, payload: string) => this.#send(device, name, payload)
    this.#availability = new Availability({
      clock,
      devices: this.devices,
      silent,
      unix,
      onChange: ({ serial, isOnline }) => this.#keep(topics.availability(serial), isOnline ? 'online' : 'offline'),
    })
    const control = hasControl ? new Control(this.devices, topics, send, say) : undefined
    this.#outlet = new Outlet(options.client, options.shown, {
      say,
      onConnected: () => {
        this.#keep(topics.bridge, 'online')
        // A broker that was lost may have forgotten what it had.
        for (const device of this.devices) {
          device.isOnline = undefined
          device.isAnnounced = false
          this.#availability.look(device)
        }
      },
      onMessage: (message) => {
        const { topic, text, isRetained } = message
        // The last will of a run before, which the broker takes for lost only now, or of another bridge.
        if (topic === topics.bridge && text === 'offline' && !isRetained && !this.#isClosing)
          this.#keep(topics.bridge, 'online')
        this.#publisher.onMessage(message)
        control?.onMessage(message)
      },
    })
    this.#publisher = new Publisher({
      devices: this.devices,
      topics,
      outlet: this.#outlet,
      availability: this.#availability,
      discovery:
        homeAssistant === undefined ? undefined : { topics, prefix: homeAssistant, hasControl, silent, version },
      send: hasControl ? send : undefined,
    })
  }

  start(): void {
    const { topics, homeAssistant, hasControl } = this.#options
    this.#availability.start()
    const filters = [
      topics.bridge,
      ...(homeAssistant === undefined ? [] : [birthTopic(homeAssistant)]),
      ...(hasControl ? [topics.setValve(), topics.setLimit()] : []),
    ]
    // It fails when the bridge ends before the broker was there.
    void this.#outlet.subscribe(filters).catch(() => {})
  }

  take(arrivals: readonly Arrival[]): Promise<void> {
    return this.#publisher.take(arrivals)
  }

  async close(): Promise<void> {
    this.#isClosing = true
    this.#availability.close()
    await this.#outlet.close(this.#options.topics.bridge, 'offline')
  }

  #send(device: Device, name: string, payload: string): boolean {
    const envelope = this.#options.envelopes(device.address)
    if (envelope === undefined) return false
    const topic = commandTopic(device.address, Math.floor(this.#options.unix() / 1000), name)
    return this.#host.publish(topic, envelope.seal(topic, payload))
  }

  #keep(topic: string, text: string): void {
    // It fails when the bridge ends before the broker was there.
    void this.#outlet.keep(topic, text).catch(() => {})
  }
}
