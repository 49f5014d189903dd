import { Command } from 'commander'
import { connectBroker, publishCommand } from './broker-client.js'
import { type BrokerOptions, brokerAccess, withBroker } from './broker-options.js'
import type { Answer } from './command-run.js'
import { buildsWith, checkedCommand, commandsText } from './commands.js'
import { BROKER_SETTINGS, fromConfig, KEY_SETTINGS } from './config-file.js'
import { examples } from './conventions.js'
import { NegativeResult, UsageError } from './errors.js'
import { fileText } from './lines.js'
import { envelopeFor, type KeysOptions, parseSerial, parseWait, withKeys } from './options.js'
import { print, say } from './print.js'
import { runCommand } from './run-command.js'

interface AnswerWords {
  readonly state: string
  readonly text?: string | null
}

/** How the parameter of a command is given, beside the argument. */
export interface PayloadOptions {
  readonly payloadFile?: string
}

interface SendOptions extends KeysOptions, BrokerOptions, PayloadOptions {
  readonly serial: string
  /** ms */
  readonly wait?: number
  readonly json?: boolean
}

export function sendCommand(): Command {
  const command = withKeys(withBroker(new Command('send')))
  return withCommand(fromConfig(command, ...BROKER_SETTINGS, ...KEY_SETTINGS, 'serial'))
    .requiredOption('--serial <n>', 'serial number of the device', parseSerial)
    .option('--wait <seconds>', 'wait for the reply and print its text; 20s and 2m are understood too', parseWait)
    .option('--json', 'with --wait: {"serial","command","state","text"}, also where no reply comes')
    .addHelpText(
      'after',
      examples(
        'send ping --broker mqtt://127.0.0.1 --serial 6892850 --keys keys.csv --wait 10',
        'send open_until 1200.5 --broker mqtt://127.0.0.1 --serial 6892850 --keys keys.csv --wait 10',
      ),
    )
    .action(async (name: string, payload: string | undefined, options: SendOptions) => {
      const { serial, wait } = options
      const envelope = envelopeFor(options, serial)
      const broker = brokerAccess(options)
      const command = { name, payload: payloadOf(name, payload, options) }
      const client = await connectBroker(broker)
      try {
        if (wait === undefined) {
          await publishCommand(client, envelope, { ...command, serial, time: Math.floor(Date.now() / 1000) })
          if (process.stderr.isTTY)
            say('sent; a device that is away does not get it. With --wait 10 you see what it replies')
          return
        }
        let answer: Answer | undefined
        await runCommand(client, {
          ...command,
          serials: [serial],
          parallel: 1,
          patience: wait,
          envelopes: () => envelope,
          onAnswer: (_serial, given) => {
            answer = given
          },
        })
        if (options.json) print(answerJson(serial, name, answer!))
        tellReply(name, answer!, wait, options.json)
      } finally {
        await client.endAsync()
      }
    })
}

/** Adds a command to devices and its parameter. */
export function withCommand(command: Command): Command {
  return command
    .argument('<command>', 'name of the command, ping for one')
    .argument('[payload]', 'its parameter, where it takes one')
    .option('--payload-file <path>', 'file that holds the parameter, which may be a secret')
    .addHelpText('after', commandsText())
}

/** The parameter to send with a command. Throws `UsageError` for what no device would take. */
export function payloadOf(name: string, payload: string | undefined, { payloadFile }: PayloadOptions): string {
  if (payloadFile !== undefined && payload !== undefined)
    throw new UsageError('--payload-file: the parameter is given already')
  const text = payloadFile === undefined ? payload : fileText(payloadFile, '--payload-file').replace(/\r?\n$/, '')
  const checked = checkedCommand(name, text)
  if ('problem' in checked) throw new UsageError(checked.problem)
  return checked.payload
}

/** What became of a command on a device, for programs. `state` is `answered`, `refused`, `sent` without a reply, or `silent`. */
export function answerJson(serial: string, command: string, { state, text = null }: AnswerWords): string {
  return JSON.stringify({ serial, command, state, text })
}

/** What else may be the reason of silence, behind a sentence; nothing where every build has the command. */
export function buildsHint(name: string): string {
  const builds = buildsWith(name)
  return builds === undefined ? '' : ` Not every build has ${name} (${builds}).`
}

/** Prints what a device has replied, and says what a person cannot see in that. Throws `NegativeResult` where nothing came. */
export function tellReply(name: string, { state, text = '' }: Answer, wait: number, isTold = false): void {
  if (state === 'silent')
    throw new NegativeResult(
      `no reply to ${name} within ${wait / 1000} s; is the device online, under this number and with this key?${buildsHint(name)}`,
    )
  if (state === 'sent') return say(`${name} has no reply`)
  if (!isTold) for (const line of text.split('\n')) print(line)
  if (!isTold && text === '' && process.stderr.isTTY) say(`the device has done ${name}; its reply is empty`)
  if (state === 'refused') process.exitCode = 1
}
