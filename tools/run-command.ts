import type { MqttClient } from 'mqtt'
import { RealClock } from '../twin/clock.js'
import { commandHost } from './broker-client.js'
import { type Answer, CommandRun, type CommandRunOptions, replyFilters } from './command-run.js'
import { NegativeResult } from './errors.js'
import { say } from './print.js'

export interface RunCommandOptions extends Omit<CommandRunOptions, 'clock'> {
  onAnswer(serial: string, answer: Answer): void
}

/**
 * Sends a command to devices over one connection to the broker. Resolves with every answer, or when `signal` says so; rejects
 * where the connection is lost and `client` does not open another one.
 * @returns the devices that were told and had not answered
 */
export async function runCommand(
  client: MqttClient,
  { onAnswer, ...options }: RunCommandOptions,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const filters = replyFilters(options.name, options.serials)
  if (filters.length > 0) await client.subscribeAsync([...filters], { qos: 1 })
  let end: (error?: Error) => void = () => {}
  const ended = new Promise<void>((resolve, reject) => {
    end = (error) => (error === undefined ? resolve() : reject(error))
  })
  const run = new CommandRun(
    { clock: new RealClock(), ...options },
    commandHost(client, {
      onAnswer: (serial: string, answer: Answer) => {
        try {
          onAnswer(serial, answer)
        } catch (error) {
          run.close()
          end(error as Error)
        }
      },
      onEnd: () => end(),
    }),
  )
  let isLost = false
  const onMessage = (topic: string, message: Buffer) => run.onMessage(topic, message)
  const onClose = () => {
    if (client.disconnecting || isLost) return
    isLost = true
    if (client.options.reconnectPeriod === 0)
      return end(new NegativeResult('the broker is lost before the device has replied; send it again'))
    say('the broker is lost; trying again')
  }
  const onConnect = () => {
    say('the broker is back')
    isLost = false
    run.onReconnected()
  }
  client.on('message', onMessage).on('close', onClose).on('connect', onConnect)
  signal?.addEventListener('abort', () => end())
  run.start()
  try {
    await ended
  } finally {
    run.close()
    client.off('message', onMessage).off('close', onClose).off('connect', onConnect)
  }
  return options.serials.filter((serial) => run.isUnderWay(serial))
}
