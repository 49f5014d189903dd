import { encodeUtf8 } from '../../../modules/codec/utf8.js'
import { parseJob } from '../../../modules/control/cron/job.js'
import { asks, type CommandTable } from '../../../modules/control/device.js'
import { type CommandHost, CommandReceiver } from '../../../modules/control/receiver.js'
import { commandTopic } from '../../../modules/delivery/topics.js'
import { Envelope } from '../../../modules/mqttcrypto/envelope.js'
import { ReplayGuard } from '../../../modules/mqttcrypto/replay-guard.js'
import { parseForm } from '../../../modules/portal/form.js'
import { RequestParser } from '../../../modules/portal/http-request.js'
import { MemoryStorage } from '../../../twin/memory-storage.js'
import { testClock } from '../../support/clock.js'
import { live } from './figures.js'
import { nativeCrypto } from './native-crypto.js'

const NAMES = 500
const UNIX = 1_800_000_000

const envelope = new Envelope(nativeCrypto, new Uint8Array(16))
const commands: CommandTable = { ping: asks(() => {}) }

function receiver(): CommandReceiver {
  const clock = testClock()
  const guard = new ReplayGuard(new MemoryStorage(), { clock })
  return new CommandReceiver(
    {
      clock,
      envelope,
      guard,
      commands,
      wallClock: { now: () => UNIX },
      log: () => {},
    },
    { serial: '1234567', numbers: () => ['1234567'] } as unknown as CommandHost,
  )
}

/** What is done with a name from outside; nothing of it may stay. */
const PLACES: Readonly<Record<string, (name: string) => void>> = {
  'a header of a request': (name) =>
    void new RequestParser().push(encodeUtf8(`GET / HTTP/1.1\r\nHost: a\r\n${name}: 1\r\n\r\n`)),
  'a field of a form': (name) => void parseForm(encodeUtf8(`${name}=1&${name}2=2`)),
  'a time of a job': (name) => void parseJob(`minute=1&${name}=1&command=ping`),
  'a command': (name) => {
    const topic = commandTopic('1234567', UNIX, name)
    receiver().onMessage(topic, envelope.seal(topic, ''))
  },
}

/** Bytes that stay when so many names have come. */
function growth(take: (name: string) => void, prefix: string): number {
  let before = 0
  for (let i = 0; i < 2 * NAMES; i++) {
    // Whatever the place itself needs is there by then.
    if (i === NAMES) before = live()
    take(`${prefix}${i}`)
  }
  return live() - before
}

async function run(): Promise<void> {
  await undefined
  for (const [place, take] of Object.entries(PLACES))
    print(JSON.stringify({ place, bytes: growth(take, `${place.length}x`) }))
}

void run()
