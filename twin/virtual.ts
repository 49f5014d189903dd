import { parseFlags } from '../modules/app/flags.js'
import { VirtualClock } from './clock.js'
import { nodeCrypto } from './crypto.js'
import { SimulatedFlash } from './flash.js'
import { MemoryStorage } from './memory-storage.js'
import { operatorOf } from './operator.js'
import { seededRandom } from './random.js'
import { SimulatedBroker } from './simulated-broker.js'
import { SimulatedHttp } from './simulated-http.js'
import { Twin, type TwinOptions } from './twin.js'

const KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'

/** Unix milliseconds at which a twin is switched on unless its options say otherwise. */
export const POWER_ON = 1_800_000_000_000

/**
 * A twin under the virtual clock with a simulated broker 20 ms away. The same flags and options give the same run each time.
 * On the board rig `hosttest/board/world/test-twin.ts` takes the place of this file, so that a suite runs on a board too.
 */
export function testTwin(flags: Record<string, string> = {}, options: Partial<TwinOptions> = {}) {
  const clock = new VirtualClock()
  const broker = new SimulatedBroker(clock, 20)
  const http = new SimulatedHttp(clock)
  // An image without a key, where the device gets its own in another way.
  const image = options.ownKey === undefined ? { KEY } : {}
  const parsed = parseFlags({ ...image, SERIAL: '1234567', ...flags })
  if (!parsed.ok) throw new Error(parsed.error)
  const storage = (options.storage ?? new MemoryStorage()) as MemoryStorage
  const log: string[] = []
  const random = seededRandom(options.seed ?? 1)
  const unix = options.unix ?? POWER_ON
  const twin = new Twin({
    flags: parsed.value,
    clock,
    storage,
    flash: new SimulatedFlash({ sectors: 192, random }),
    crypto: { ...nodeCrypto, random: (length) => Uint8Array.from({ length }, () => random() * 256) },
    unix,
    connect: broker.connect,
    connectTcp: http.connect,
    broker: { host: 'broker', port: 1883 },
    log: (text) => log.push(text),
    ...options,
  })
  const { envelope } = twin

  const { announced, ...operator } = operatorOf({ clock, broker, envelope, unix, serial: () => twin.serial })

  /** Runs from power-on until the device has announced everything. */
  async function online(): Promise<void> {
    twin.start()
    await announced()
  }

  return { clock, broker, http, storage, twin, envelope, log, ...operator, online }
}
