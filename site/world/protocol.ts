import type { Display } from '../../twin/heated-house.js'
import type { WaterDisplay } from '../../twin/water-use.js'
import type { FaultName } from './fault-words.js'
import type { Scenario } from './scenario.js'

/** Which way something travels: from the device, or to it. */
export type Way = 'up' | 'down'

/** A packet of MQTT on its way between device and broker. */
export interface PacketItem {
  readonly is: 'packet'
  /** ms of device time since the world began, as in every item. */
  readonly at: number
  readonly way: Way
  /** As in MQTT 3.1.1, `PUBREC`; `gone` where the connection ends. */
  readonly name: string
  readonly detail: string
}

/** A sealed message that the broker has passed on, and what whoever has the key reads in it. */
export interface MessageItem {
  readonly is: 'message'
  readonly at: number
  readonly way: Way
  readonly topic: string
  readonly payload: Uint8Array
  readonly kind: string
  readonly serial: string
  /** Unix seconds of the topic; undefined in a will. */
  readonly time: number | undefined
  /** Undefined where it does not open. */
  readonly text: string | undefined
}

/** A line that the firmware says. */
export interface LogItem {
  readonly is: 'log'
  readonly at: number
  readonly text: string
}

/** A telegram of a water meter in the air. */
export interface TelegramItem {
  readonly is: 'telegram'
  readonly at: number
  readonly id: string
  readonly frame: Uint8Array
  readonly isFull: boolean
}

export type Item = PacketItem | MessageItem | LogItem | TelegramItem

export interface NetworkState {
  readonly ssid: string
  readonly rssi: number
  readonly isInRange: boolean
  readonly isJoined: boolean
}

/** How everything is at one moment. */
export interface WorldState {
  /** ms of device time since the world began. */
  readonly now: number
  /** Unix ms of the world's beginning. */
  readonly began: number
  /** How many times faster than real time it ran lately; undefined where nobody measures that. */
  readonly pace: number | undefined
  /** ms that are still to be passed over. */
  readonly toPass: number
  readonly isPlugged: boolean
  readonly isOn: boolean
  readonly light: boolean
  /** How often the light has changed. */
  readonly blinks: number
  readonly ac1: boolean
  readonly ac2: boolean
  /** The device's number. */
  readonly serial: string
  readonly networks: readonly NetworkState[]
  /** Name of the device's own network; undefined while it has none. */
  readonly accessPoint: string | undefined
  /** A phone is in that network. */
  readonly phoneJoined: boolean
  readonly isConnected: boolean
  readonly packets: number
  readonly connections: number
  /** Messages that the broker has passed on. */
  readonly passed: number
  /** The display of the heat meter; undefined where there is none. */
  readonly heat: Display | undefined
  /** The display of the water meter at its last telegram. */
  readonly water: WaterDisplay | undefined
  /** Impulses so far; undefined in builds for another meter. */
  readonly impulses: number | undefined
  /** Whether the radio concentrator is connected; undefined where there is none. */
  readonly concentrator: boolean | undefined
  /** What is wrong. */
  readonly faults: readonly FaultName[]
}

/** A request of the phone's browser to the set-up pages. */
export interface PageRequest {
  readonly method: 'GET' | 'POST'
  /** With its query. */
  readonly path: string
  /** Of a form. */
  readonly body: string
  /** The language that the phone has in its cookie, and the one that it wants. */
  readonly cookie: string
  readonly language: string
}

export interface PageResponse {
  readonly status: number
  /** Where it leads to, without its host; empty where it does not. */
  readonly location: string
  /** The first cookie that it sets, `name=value`; empty for none. */
  readonly cookie: string
  readonly body: string
}

/** What the page asks of the worker. */
export type Order =
  | { readonly do: 'start'; readonly scenario: Scenario; readonly unix: number }
  | { readonly do: 'pace'; readonly speed: number; readonly isPaused: boolean }
  /** Lets so many ms pass as fast as it goes. */
  | { readonly do: 'pass'; readonly ms: number }
  /** The page has shown the last batch. */
  | { readonly do: 'shown' }
  | { readonly do: 'fault'; readonly name: FaultName; readonly isOn: boolean }
  | { readonly do: 'plug'; readonly isIn: boolean }
  | { readonly do: 'command'; readonly line: string }
  | { readonly do: 'phone'; readonly joins: boolean }
  | { readonly do: 'request'; readonly id: number; readonly request: PageRequest }

/** What the worker tells the page. */
export type Report =
  /** The commands that there are, with what they take. */
  | { readonly is: 'ready'; readonly commands: readonly { readonly name: string; readonly takes: string }[] }
  | { readonly is: 'batch'; readonly state: WorldState; readonly items: readonly Item[] }
  /** What came of a command's line: empty where it is on its way. */
  | { readonly is: 'command'; readonly line: string; readonly problem: string }
  /** The world has come to an end that it should not have. */
  | { readonly is: 'failed'; readonly text: string }
  /** Undefined where nobody answers. */
  | { readonly is: 'response'; readonly id: number; readonly response: PageResponse | undefined }
