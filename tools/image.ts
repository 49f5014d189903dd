import { X509Certificate } from 'node:crypto'
import { Command } from 'commander'
import { type BoardFacts, NVS_OFFSET, provisionedPartition } from '../image/provision.js'
import { isSsid, isWifiPassword } from '../image/wifi.js'
import { toHex } from '../modules/codec/hex.js'
import { isExampleKey } from '../modules/codec/master-key.js'
import { pairsText } from '../modules/codec/pairs.js'
import { parseBroker } from '../modules/control/commands/broker.js'
import { MAX_SSID } from '../modules/storage/settings.js'
import { brokerAccess } from './broker-options.js'
import { fromConfig } from './config-file.js'
import { UsageError } from './errors.js'
import { readRegister, registered } from './key-register.js'
import { parseSerial, secretOf } from './options.js'
import { PRIVATE, writeNew } from './output-file.js'
import { say } from './print.js'
import { fingerprintOf } from './secure-socket.js'
import { readUpdateKey } from './update-key.js'

interface ProvisionOptions {
  readonly keys: string
  readonly serial: string
  readonly out: string
  readonly ssid?: string
  readonly password?: string
  readonly passwordFile?: string
  readonly broker?: string
  readonly ca?: string
  readonly updateKey?: string
}

const VARIABLE = 'WIFI_PASSWORD'

export function imageCommand(): Command {
  return new Command('image').addCommand(provisionCommand())
}

function provisionCommand(): Command {
  return fromConfig(new Command('provision'), 'keys')
    .description(
      'write the partition "nvs" of a board with a common image: its key and serial number, and more if you like',
    )
    .requiredOption('--keys <path>', 'key register')
    .requiredOption('--serial <n>', 'serial number of the device', parseSerial)
    .requiredOption('--out <file>', 'the partition; nobody else can read it, and an existing file is not overwritten')
    .option('--ssid <name>', 'the first Wi-Fi network')
    .option('--password <password>', 'its password, for everybody on this computer to see')
    .option('--password-file <path>', `file that holds its password; else the environment variable ${VARIABLE}`)
    .option(
      '--broker <url>',
      "mqtt://[user@]host[:port], or mqtts:// for TLS; what it leaves out is the firmware's own. The user's password may be in the environment variable BROKER_PASSWORD",
    )
    .option('--ca <file>', 'with mqtts://, for an image with TLS: the one certificate, PEM, that the board trusts')
    .option('--update-key <file>', 'public key, PEM, of whoever signs its updates')
    .addHelpText(
      'after',
      `
Whatever the board has stored is gone with the partition before; what waits in its journal stays.

Example:
  meterlogger image provision --keys keys.csv --serial 7000001 --out 7000001.bin --ssid cellar \\
    --password-file wifi.txt --update-key update-public.pem
  esptool.py write_flash 0x${NVS_OFFSET.toString(16)} 7000001.bin`,
    )
    .action((options: ProvisionOptions) => {
      const { keys, out, updateKey } = options
      const { key, serial } = registered(readRegister(keys), options.serial, keys)
      if (isExampleKey(key)) say(`the key of ${serial} is one of the examples: the board will call no broker`)
      const facts: BoardFacts = {
        key: toHex(key),
        serial,
        network: networkOf(options),
        broker: brokerOf(options),
        updateKey: updateKey === undefined ? undefined : readUpdateKey(updateKey),
      }
      writeNew(out, provisionedPartition(facts), PRIVATE)
      say(`${out}: for ${serial}, at 0x${NVS_OFFSET.toString(16)}`)
    })
}

function networkOf({ ssid, password, passwordFile }: ProvisionOptions): BoardFacts['network'] {
  if (ssid === undefined) {
    if (password !== undefined || passwordFile !== undefined) throw new UsageError('--password: needs --ssid')
    return undefined
  }
  if (!isSsid(ssid)) throw new UsageError(`--ssid: expected 1 to ${MAX_SSID} bytes`)
  const secret = secretOf(password, passwordFile, VARIABLE) ?? ''
  if (!isWifiPassword(secret)) throw new UsageError('--password: expected 8 to 63 characters of ASCII')
  return { ssid, password: secret }
}

/** The broker as the firmware's own command would take it. */
function brokerOf({ broker: url, ca }: ProvisionOptions): BoardFacts['broker'] {
  if (url === undefined) {
    if (ca !== undefined) throw new UsageError('--ca: needs --broker')
    return undefined
  }
  const { host, port, user, password, isSecure, ca: certificates = [] } = brokerAccess({ broker: url, ca })
  if (isSecure && certificates.length !== 1)
    throw new UsageError(`--ca: a board trusts one certificate, got ${certificates.length}`)
  const pairs = {
    host,
    port: String(port),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { pwd: password }),
    ...(isSecure && { certificate: fingerprintOf(new X509Certificate(certificates[0]!)) }),
  }
  const broker = parseBroker(pairsText(pairs))
  if (!broker.ok) throw new UsageError(`--broker: ${broker.error}`)
  return broker.value
}
