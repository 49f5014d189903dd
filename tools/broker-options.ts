import { X509Certificate } from 'node:crypto'
import type { Command } from 'commander'
import { MQTT_PORT, MQTTS_PORT } from '../modules/codec/broker-address.js'
import { UsageError } from './errors.js'
import { fileText } from './lines.js'
import { secretOf } from './options.js'

export interface BrokerOptions {
  readonly broker: string
  readonly passwordFile?: string
  readonly ca?: string
}

/** A broker, and the user as whom an operator connects. */
export interface BrokerAccess {
  readonly host: string
  readonly port: number
  readonly user: string | undefined
  readonly password: string | undefined
  /** Whether it is called with TLS. */
  readonly isSecure: boolean
  /** The certificates, PEM, one of which must vouch for the broker's; undefined for those that Node brings. */
  readonly ca: readonly string[] | undefined
  /** The URL as it may be shown. */
  readonly shown: string
}

const VARIABLE = 'BROKER_PASSWORD'

/** The ports of a URL that names none. */
const PORTS: Readonly<Record<string, number>> = { 'mqtt:': MQTT_PORT, 'mqtts:': MQTTS_PORT }

const PEM = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g

/** Adds the broker's URL and the ways to give its password and its certificate. */
export function withBroker(command: Command, isRequired = true): Command {
  const url = '--broker <url>'
  const form = 'mqtt://[user@]host[:port], or mqtts:// for TLS'
  if (isRequired) command.requiredOption(url, form)
  else command.option(url, `${form}; else a broker within the twin`)
  return command
    .option(
      '--password-file <path>',
      `file that holds the password of the broker's user; else the environment variable ${VARIABLE}`,
    )
    .option(
      '--ca <file>',
      "certificates, PEM, one of which vouches for the broker's, or is it; else those that Node brings",
    )
}

/** Where and as whom to connect. Throws `UsageError`, which does not show the password. */
export function brokerAccess({ broker, passwordFile, ca }: BrokerOptions): BrokerAccess {
  const shown = withoutPassword(broker)
  const parsed = URL.canParse(broker) ? new URL(broker) : undefined
  const port = PORTS[parsed?.protocol ?? '']
  if (parsed === undefined || port === undefined || parsed.hostname === '')
    throw new UsageError(`--broker: expected mqtt://host:port or mqtts://host:port, got "${shown}"`)
  const isSecure = parsed.protocol === 'mqtts:'
  if (ca !== undefined && !isSecure) throw new UsageError(`--ca: TLS needs mqtts://, as in mqtts://${parsed.host}`)
  const [user, inUrl] = [parsed.username, parsed.password].map((text) => decoded(text, shown))
  if (passwordFile !== undefined && user === undefined)
    throw new UsageError(`--password-file: --broker names no user, as in ${parsed.protocol}//user@${parsed.host}`)
  if (passwordFile !== undefined && inUrl !== undefined)
    throw new UsageError('--password-file: --broker has a password already')
  return {
    host: parsed.hostname,
    port: parsed.port === '' ? port : Number(parsed.port),
    user,
    password: user === undefined ? undefined : secretOf(inUrl, passwordFile, VARIABLE),
    isSecure,
    ca: ca === undefined ? undefined : certificatesIn(ca),
    shown,
  }
}

/** The certificates of a PEM file. Throws `UsageError` where it holds none, or one that cannot be read. */
function certificatesIn(path: string): readonly string[] {
  const found = fileText(path, '--ca').match(PEM) ?? []
  if (found.length === 0) throw new UsageError(`--ca: no certificate, PEM, in ${path}`)
  try {
    for (const text of found) new X509Certificate(text)
  } catch (error) {
    throw new UsageError(`--ca: ${path}: ${(error as Error).message}`)
  }
  return found
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
