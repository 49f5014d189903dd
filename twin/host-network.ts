import { readFileSync } from 'node:fs'
import type { Clock, Timer } from '../modules/ports/clock.js'
import type { FoundNetwork, StationEvents, Uplink, WifiPort } from '../modules/ports/wifi.js'

/** Where Linux tells how well its radios hear their networks. A service that may see no other process has no /proc/net. */
const LEVELS = '/proc/self/net/wireless'

/**
 * The network that the computer has, whatever that is, in place of a radio of the device's own. Joining it always succeeds;
 * it has no access point and hears no other networks.
 */
export class HostNetwork implements WifiPort {
  /** What stands for the name of a Wi-Fi network in the settings. */
  readonly ssid = 'host'
  readonly password = ''
  #clock: Clock
  #levels: () => string
  #joining: Timer | undefined

  /** @param levels the text of /proc/self/net/wireless */
  constructor(clock: Clock, levels = readLevels) {
    this.#clock = clock
    this.#levels = levels
  }

  join(_ssid: string, _password: string, events: StationEvents): void {
    this.leave()
    this.#joining = this.#clock.set(() => {
      events.onAssociated()
      events.onUp()
    }, 0)
  }

  leave(): void {
    this.#clock.clear(this.#joining)
  }

  renewAddress(): void {}

  setRadio(): void {}

  uplink(): Uplink | undefined {
    return undefined
  }

  /** The level of the computer's own radio; undefined where it uses none, as with a cable, and on other systems than Linux. */
  rssi(): number | undefined {
    const [, level] = /^ *\w+: +\w+ +[\d.]+ +(-\d+)/m.exec(this.#levels()) ?? []
    return level === undefined ? undefined : Number(level)
  }

  scan(_onFound: (network: FoundNetwork) => void, onDone: () => void = () => {}): void {
    onDone()
  }

  startAccessPoint(): boolean {
    return false
  }

  addressAccessPoint(): boolean {
    return false
  }

  stopAccessPoint(): void {}
}

function readLevels(): string {
  try {
    return readFileSync(LEVELS, 'latin1')
  } catch {
    return ''
  }
}
