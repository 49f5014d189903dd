import { EXAMPLE_KEY } from '../modules/codec/master-key.js'
import { parseMessageTopic } from '../modules/delivery/topics.js'
import { SimulatedFlash } from '../twin/flash.js'
import { POWER_ON, testTwin } from '../twin/virtual.js'
import { waitingIn } from '../twin/waiting.js'
import { terminalPicture } from './terminal-picture.js'
import { coloured, introduction, PORTAL_TIMES, statusText, tintedMessage } from './twin-words.js'

const SERIAL = '9999999'

/** What somebody types, and how many ms after the device is online, or after what was typed before. */
const TYPED = [
  { name: 'ping', payload: '1', after: 3_000 },
  { name: 'open_until', payload: '60000', after: 4_000 },
] as const

/** The picture of `npm start` in a terminal, SVG: what a run under the virtual clock shows, the same each time. */
export async function twinPicture(): Promise<string> {
  const lines: string[] = ['$ npm start']
  const say = (text: string) => lines.push(coloured('quiet', text))
  const flash = new SimulatedFlash({ sectors: 192 })
  let samples = 0
  const { twin, clock, online, send } = testTwin(
    { SERIAL },
    {
      flash,
      broker: { host: '127.0.0.1', port: 1883 },
      log: say,
      onDelivered: (message) => {
        const { kind, time = 0 } = parseMessageTopic(message.topic)
        if (kind === 'sample') samples++
        lines.push(tintedMessage(coloured, { ...message, time }))
      },
    },
  )
  const broker = 'mqtt://127.0.0.1:1883'
  const key = Buffer.from(EXAMPLE_KEY, 'hex')
  say(`broker ${broker}`)
  say('portal http://127.0.0.1:8080/')
  say(PORTAL_TIMES)
  const keyOption = `--key ${EXAMPLE_KEY}`
  introduction({ serial: SERIAL, key, keyOption, broker, setUpPage: undefined, fault: 'line silent' }).map(say)
  await online()
  for (const { name, payload, after } of TYPED) {
    await clock.run(after)
    lines.push(coloured('typed', `> ${payload === '1' ? name : `${name} ${payload}`}`))
    send(name, payload)
  }
  await clock.run(2_000)
  const status = statusText({
    unix: POWER_ON + clock.now(),
    network: twin.firmware.station.network?.ssid,
    isConnected: twin.firmware.brokerConnected,
    samples,
    waiting: waitingIn(flash),
    speed: 1,
  })
  twin.close()
  lines.push(coloured('quiet', status), '> ')
  return terminalPicture(
    lines,
    'Terminal: npm start prints the opened samples of a simulated meter, and the replies to ping and open_until',
  )
}
