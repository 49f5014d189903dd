import type { MqttClient } from 'mqtt'
import { commandTopic } from '../modules/delivery/topics.js'
import type { Envelope } from '../modules/mqttcrypto/envelope.js'
import type { Clock } from '../modules/ports/clock.js'
import type { KeyRegister } from '../tools/key-register.js'
import { Availability } from './availability.js'
import { Control } from './control.js'
import { type Device, Devices } from './devices.js'
import { birthTopic } from './discovery.js'
import { exposition } from './exposition.js'
import { bridgeMetrics } from './metrics.js'
import { Opener } from './opener.js'
import { Outlet } from './outlet.js'
import { Pipeline, type Sink } from './pipeline.js'
import { Publisher } from './publisher.js'
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
  /** That broker's URL as it may be shown. */
  readonly shown: string
  /** What takes the messages beside that broker. */
  readonly sinks: readonly Sink[]
}

export interface BridgeHost {
  /** Publishes to the devices' broker. @returns false where it is away */
  publish(topic: string, payload: Uint8Array): boolean
  say(line: string): void
}

/** What becomes of a message of a device between two brokers. */
export class Bridge {
  #options: BridgeOptions
  #host: BridgeHost
  #opener: Opener
  #devices: Devices
  #availability: Availability
  #outlet: Outlet
  #pipeline: Pipeline

  constructor(options: BridgeOptions, host: BridgeHost) {
    const { clock, register, topics, homeAssistant, hasControl, silent, version } = options
    this.#options = options
    this.#host = host
    const say = (line: string) => host.say(line)
    this.#opener = new Opener(options.envelopes, say)
    this.#devices = new Devices(register?.devices ?? [], (serial) => register?.find(serial))
    const send = (device: Device, name: string, payload: string) => this.#send(device, name, payload)
    this.#availability = new Availability({
      clock,
      devices: this.#devices,
      silent,
      unix: Date.now,
      onChange: ({ serial, isOnline }) => this.#keep(topics.availability(serial), isOnline ? 'online' : 'offline'),
    })
    const control = hasControl ? new Control(this.#devices, topics, send, say) : undefined
    this.#outlet = new Outlet(options.client, options.shown, {
      say,
      onConnected: () => this.#keep(topics.bridge, 'online'),
      onMessage: (message) => {
        publisher.onMessage(message)
        control?.onMessage(message)
      },
    })
    const publisher = new Publisher({
      devices: this.#devices,
      topics,
      outlet: this.#outlet,
      availability: this.#availability,
      discovery:
        homeAssistant === undefined ? undefined : { topics, prefix: homeAssistant, hasControl, silent, version },
      send: hasControl ? send : undefined,
    })
    this.#pipeline = new Pipeline([...options.sinks, publisher], clock, say)
  }

  start(): void {
    const { topics, homeAssistant, hasControl } = this.#options
    this.#availability.start()
    const filters = [
      ...(homeAssistant === undefined ? [] : [birthTopic(homeAssistant)]),
      ...(hasControl ? [topics.setValve(), topics.setLimit()] : []),
    ]
    // It fails when the bridge ends before the broker was there.
    if (filters.length > 0) void this.#outlet.subscribe(filters).catch(() => {})
  }

  /** A message of a device has come. @param acknowledge is called when everybody has what it says */
  onMessage(topic: string, payload: Uint8Array, acknowledge: () => void): void {
    const arrival = this.#opener.open(topic, payload, Date.now())
    if (arrival === undefined) acknowledge()
    else this.#pipeline.push(arrival, acknowledge)
  }

  /** The text of `/metrics`. */
  metrics(): string {
    return exposition(bridgeMetrics(this.#devices, this.#opener))
  }

  async close(): Promise<void> {
    this.#availability.close()
    this.#pipeline.close()
    await this.#outlet.close(this.#options.topics.bridge, 'offline')
  }

  #send(device: Device, name: string, payload: string): boolean {
    const envelope = this.#options.envelopes(device.address)
    if (envelope === undefined) return false
    const topic = commandTopic(device.address, Math.floor(Date.now() / 1000), name)
    return this.#host.publish(topic, envelope.seal(topic, payload))
  }

  #keep(topic: string, text: string): void {
    // It fails when the bridge ends before the broker was there.
    void this.#outlet.keep(topic, text).catch(() => {})
  }
}
