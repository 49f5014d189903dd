import { parseFlags } from '../../modules/app/flags.js'
import { RELEASE } from '../../modules/app/version.js'
import { Envelope } from '../../modules/mqttcrypto/envelope.js'
import { nodeCrypto } from '../../twin/crypto.js'
import { SimulatedFlash } from '../../twin/flash.js'
import { MemoryStorage } from '../../twin/memory-storage.js'
import { seededRandom } from '../../twin/random.js'
import { SimulatedBroker } from '../../twin/simulated-broker.js'
import { Twin, type TwinOptions } from '../../twin/twin.js'
import { testClock } from './clock.js'
import { opened } from './opened.js'

const KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'

/** Unix milliseconds when the twins of the tests are switched on, where nothing else is said. */
export const POWER_ON = 1_800_000_000_000

/** What differs between the hosts of the firmware; on the board rig `board/world/test-twin.ts` takes the place of this file. */
export const HOST = { version: `twin-${RELEASE}-node`, vdd: '3.299' } as const

/** A twin under the virtual clock with a simulated broker 20 ms away, and what that broker got, opened: each time the same. */
export function testTwin(flags: Record<string, string> = {}, options: Partial<TwinOptions> = {}) {
  const clock = testClock()
  const broker = new SimulatedBroker(clock, 20)
  const parsed = parseFlags({ KEY, SERIAL: '1234567', ...flags })
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
    broker: { host: 'broker', port: 1883 },
    log: (text) => log.push(text),
    ...options,
  })
  const envelope = new Envelope(nodeCrypto, parsed.value.key)

  const messages = (kind?: string) => opened(broker.messages, envelope, kind)

  /** The operator's server sends a command. */
  function send(name: string, payload = '1', changes: { time?: number; serial?: string; from?: Envelope } = {}): void {
    const time = changes.time ?? Math.floor((unix + clock.now()) / 1000)
    const topic = `/config/v2/${changes.serial ?? twin.serial}/${time}/${name}`
    broker.publish(topic, (changes.from ?? envelope).seal(topic, payload))
  }

  /** What the device publishes within `ms` milliseconds after a command, as `kind text`; samples are left out. */
  async function ask(name: string, payload = '1', ms = 500): Promise<string[]> {
    const before = broker.messages.length
    send(name, payload)
    await clock.run(ms)
    return messages()
      .slice(before)
      .filter(({ kind }) => kind !== 'sample')
      .map(({ kind, text }) => `${kind} ${text}`.trim())
  }

  /** From power-on until everything is announced. */
  async function online(): Promise<void> {
    twin.start()
    await clock.run(10_000)
    // A MULTICAL 66 takes longer to tell its number.
    const announced = () => messages('reset_reason').length > 0
    if (announced()) return
    await clock.run(60_000, announced)
    await clock.run(2_000)
  }

  return { clock, broker, storage, twin, envelope, log, messages, send, ask, online }
}
