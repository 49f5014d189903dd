import { Firmware } from '../../../modules/app/firmware.js'
import { type Flags, parseFlags } from '../../../modules/app/flags.js'
import type { Ports } from '../../../modules/app/ports.js'
import { commandTopic } from '../../../modules/delivery/topics.js'
import { Envelope } from '../../../modules/mqttcrypto/envelope.js'
import { SettingsStore } from '../../../modules/storage/settings-store.js'
import { SimulatedImpulses } from '../../../twin/impulses.js'
import { SimulatedOutput } from '../../../twin/output.js'
import { twinSystem } from '../../../twin/system.js'
import { SimulatedWifi } from '../../../twin/wifi.js'
import { NO_UPDATES } from '../../support/no-updates.js'
import { nativeCrypto } from './native-crypto.js'
import { TurnClock } from './turns.js'
import type { MakeWorld, World } from './world.js'

const UNIX = 1_800_000_000
const SERIAL = '6892850'

/** A board that is set up, and the world around it. */
export class Board {
  readonly clock = new TurnClock()
  readonly world: World
  readonly flags: Flags
  readonly ports: Ports
  firmware!: Firmware

  constructor(makeWorld: MakeWorld, ports: Partial<Ports> = {}, options: Readonly<Record<string, string>> = {}) {
    const { clock } = this
    this.world = makeWorld(clock, Number(SERIAL), UNIX)
    new SettingsStore({ storage: this.world.ports.storage, clock }).update({
      ssid: SimulatedWifi.ssid,
      password: SimulatedWifi.password,
      mqttHost: 'broker',
    })
    const flags = parseFlags({ KEY: 'ef500c9268cf749016d26d6cbfaaf7bf', SERIAL, ...options })
    if (!flags.ok) throw new Error(flags.error)
    this.flags = flags.value
    this.ports = {
      clock,
      crypto: nativeCrypto,
      system: twinSystem(0, () => {}),
      ac1: new SimulatedOutput(),
      ac2: new SimulatedOutput(),
      led: new SimulatedOutput(),
      impulses: new SimulatedImpulses(),
      ble: undefined,
      flash: undefined,
      portal: undefined,
      hasTls: false,
      ...NO_UPDATES,
      log: () => {},
      ...this.world.ports,
      ...ports,
    }
  }

  /** Power comes; the first turn is the firmware's own start. */
  powerOn(): void {
    this.clock.set(() => {
      this.firmware = new Firmware(this.ports, this.flags)
      this.firmware.start()
    }, 0)
  }

  /** Somebody sends a command, now. */
  command(name: string, params: string): void {
    const topic = commandTopic(SERIAL, UNIX + Math.floor(this.clock.now() / 1000), name)
    this.world.publish(topic, new Envelope(this.ports.crypto, this.flags.key!).seal(topic, params))
  }
}
