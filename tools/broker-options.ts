import type { Command } from 'commander'
import { UsageError } from './errors.js'
import { fileText } from './lines.js'

export interface BrokerOptions {
  readonly broker: string
  readonly passwordFile?: string
}

/** A broker and whom to it an operator is. */
export interface BrokerAccess {
  readonly host: string
  readonly port: number
  readonly user: string | undefined
  readonly password: string | undefined
  /** The URL as it may be shown. */
  readonly shown: string
}

const VARIABLE = 'BROKER_PASSWORD'

/** Adds the broker's URL and the ways to give its password. */
export function withBroker(command: Command, isRequired = true): Command {
  const url = '--broker <url>'
  if (isRequired) command.requiredOption(url, 'mqtt://[user@]host:port')
  else command.option(url, 'mqtt://[user@]host:port; else a broker within the twin')
  return command.option(
    '--password-file <path>',
    `file that holds the password of the broker's user; else the environment variable ${VARIABLE}`,
  )
}

/** Where and as whom to connect. Throws `UsageError`, which does not show the password. */
export function brokerAccess({ broker, passwordFile }: BrokerOptions): BrokerAccess {
  const shown = withoutPassword(broker)
  const parsed = URL.canParse(broker) ? new URL(broker) : undefined
  if (parsed?.protocol !== 'mqtt:' || parsed.hostname === '')
    throw new UsageError(`--broker: expected mqtt://host:port, got "${shown}"`)
  const [user, inUrl] = [parsed.username, parsed.password].map((text) => decoded(text, shown))
  if (passwordFile !== undefined && user === undefined)
    throw new UsageError(`--password-file: --broker names no user, as in mqtt://user@${parsed.host}`)
  if (passwordFile !== undefined && inUrl !== undefined)
    throw new UsageError('--password-file: --broker has a password already')
  const elsewhere =
    passwordFile === undefined ? process.env[VARIABLE] || undefined : fileText(passwordFile).replace(/\r?\n$/, '')
  return {
    host: parsed.hostname,
    port: parsed.port === '' ? 1883 : Number(parsed.port),
    user,
    password: user === undefined ? undefined : (inUrl ?? elsewhere),
    shown,
  }
}

/** A URL as it may be shown: without what stands between the first colon of its user and the last @. */
export function withoutPassword(url: string): string {
  return url.replace(/^([^:/?#]*:\/\/)?([^:/]*):(.*)@/s, '$1$2:***@')
}

function decoded(text: string, shown: string): string | undefined {
  if (text === '') return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    throw new UsageError(`--broker: a % without two hex digits in the user or password of "${shown}"`)
  }
}
