import { styleText } from 'node:util'
import { MOST_AHEAD } from '../bridge/store/times.js'
import { toHex } from '../modules/codec/hex.js'
import { isExampleKey } from '../modules/codec/master-key.js'
import { visible } from '../modules/codec/visible.js'
import { SimulatedWifi } from '../twin/wifi.js'
import { commandsText } from './commands.js'
import { messageLine } from './listen.js'
import { counted } from './print.js'

/** What stands out, and how. */
type Tone = 'quiet' | 'topic' | 'typed' | 'bad'

/** Gives a text its tone, where there are colours. */
export type Tint = (tone: Tone, text: string) => string

const FORMATS = { quiet: 'gray', topic: 'cyan', typed: 'yellow', bad: 'red' } as const

export const colourless: Tint = (_tone, text) => text
export const coloured: Tint = (tone, text) => styleText(FORMATS[tone], text, { validateStream: false })

/** How many digits of a key are shown: enough to tell one's keys apart, too few to be of use. */
const SHOWN_DIGITS = 4

export interface Introduction {
  readonly serial: string
  readonly key: Uint8Array
  /** How the key is given to another command: `--key-file ...`. */
  readonly keyOption: string
  /** URL without a password. */
  readonly broker: string
  /** Whether the device has to be set up first, on this page. */
  readonly setUpPage: string | undefined
  /** Something that can be broken here, for an example. */
  readonly fault: string | undefined
}

/** What somebody has to know who looks at a twin that begins. */
export function introduction(twin: Introduction): string[] {
  const { serial, key, keyOption, broker, setUpPage, fault } = twin
  const isExample = isExampleKey(key)
  const shown = `${toHex(key).slice(0, SHOWN_DIGITS)}...`
  const send = ['npx meterlogger send ping', `--broker ${broker}`, `--serial ${serial}`, keyOption, '--wait 10']
  const breaks = fault === undefined ? '' : `\`!${fault} on\` breaks something, `
  return [
    `device ${serial}, key ${shown}${isExample ? ' of the examples, which everybody knows' : ''}`,
    ...(setUpPage === undefined
      ? []
      : [
          `set it up on ${setUpPage}: the network is ${SimulatedWifi.ssid}, its password ${SimulatedWifi.password}; the broker is there already`,
        ]),
    `from another terminal: ${send.filter((part) => part !== '').join(' ')}`,
    `type a command, \`ping\` for one; ${breaks}\`help\` tells the rest, Ctrl-C ends`,
  ]
}

/** When the set-up pages are there, as the firmware has it; docs/portal.md is more exact. */
export const PORTAL_TIMES =
  'the portal is open for two minutes, and while somebody looks; to open it again start the twin anew'

/** What somebody has to know whose twins have a fast clock. */
export function fastClockText(speed: number): string {
  const seconds = MOST_AHEAD / (speed - 1)
  const time = seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`
  return `the clock is ${speed} times as fast as this computer's: in ${time} it is a day ahead, and a bridge takes no samples from then on`
}

/** What can be typed. */
export interface Vocabulary {
  /** Names of the commands that the device has. */
  readonly commands: readonly string[]
  /** What can be broken. */
  readonly faults: readonly string[]
}

export function helpText({ commands, faults }: Vocabulary): string {
  const broken =
    faults.length === 0
      ? ''
      : `\nWhat breaks in the simulated world, with \`on\`, and is mended with \`off\`:\n${faults.map((name) => `  !${name}`).join('\n')}\n`
  return `${commandsText(commands).trimStart()}
${broken}
A command is sealed and goes over the broker, as the server sends it. \`help\` shows this, \`quit\` and Ctrl-C end.`
}

/** What can stand where a line begins as this one does. */
export function completions(line: string, { commands, faults }: Vocabulary): string[] {
  const all = line.startsWith('!')
    ? faults.flatMap((name) => [`!${name} on`, `!${name} off`])
    : [...commands, 'help', 'quit']
  return all.filter((one) => one.startsWith(line))
}

/** A message of the device, for people. */
export function tintedMessage(tint: Tint, message: Parameters<typeof messageLine>[0]): string {
  const [time = '', topic = '', ...text] = messageLine(message).split('  ')
  return [tint('quiet', time), tint('topic', visible(topic)), visible(text.join('  '))].join('  ').trimEnd()
}

export interface TwinStatus {
  /** Unix ms of the device. */
  readonly unix: number
  /** The network that it is in. */
  readonly network: string | undefined
  readonly isConnected: boolean
  readonly samples: number
  readonly waiting: number
  readonly speed: number
}

/** How it is now, in one line. What says least is left out where it would be longer than `room`. */
export function statusText(status: TwinStatus, room = Number.POSITIVE_INFINITY): string {
  const { unix, network, isConnected, samples, waiting, speed } = status
  const [date, clock] = new Date(unix).toISOString().slice(0, 19).split('T')
  const parts = {
    // Everybody knows what day it is, but for that of a fast clock.
    time: `${speed === 1 ? clock : `${date} ${clock}`} UTC`,
    network: network === undefined ? 'no Wi-Fi' : `Wi-Fi ${visible(network)}`,
    broker: isConnected ? 'broker connected' : 'no broker',
    samples: `${counted(samples, 'sample')} sent, ${waiting === 0 ? 'none' : waiting} waiting`,
    speed: speed === 1 ? '' : `${speed} times as fast`,
  }
  const text = () => {
    const shown = Object.values(parts).filter((part) => part !== '')
    return shown.join(' | ')
  }
  // The start has told how fast the clock is, and there is no broker without a network.
  const lessAndLess = [{ speed: '' }, isConnected ? { network: '' } : {}, { time: `${clock} UTC` }]
  for (const less of lessAndLess) if (text().length > room) Object.assign(parts, less)
  return text()
}
