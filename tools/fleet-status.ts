import { Command, Option } from 'commander'
import { DatabaseAway, DatabaseRefused, openStore, type Row, type Store } from '../bridge/store/store.js'
import { instantText } from '../bridge/store/times.js'
import { fromConfig } from './config-file.js'
import { existingDatabase } from './database-option.js'
import { NegativeResult, UsageError } from './errors.js'
import { KeyRegister, readRegister } from './key-register.js'
import { parseDuration } from './options.js'
import { print, say } from './print.js'
import { tableLines } from './table.js'

const DAY_SECONDS = 86_400

/** Samples of a day without a gap. */
const EXPECTED = 1440

interface StatusOptions {
  readonly database: string
  readonly keys?: string
  readonly silent: number
  readonly json?: boolean
}

/** A device, as `--json` tells it. */
interface DeviceStatus {
  readonly serial: string
  readonly name: string | null
  /** As `2026-11-27T13:10:00Z`; null for one that was never heard. */
  readonly last_seen: string | null
  readonly online: boolean
  readonly version: string | null
  readonly ssid: string | null
  readonly rssi: number | null
  /** Seconds since power-on, when it was told last. */
  readonly uptime: number | null
  /** Of the last 24 hours, of 1,440. */
  readonly samples: number
  readonly valve: string | null
}

const DEVICES = `SELECT serial, last_seen, offline_at, version, valve, ssid, rssi_dbm, uptime_s,
  (SELECT count(*) FROM samples WHERE samples.serial = devices.serial AND samples.time > $1) AS samples
  FROM devices ORDER BY serial`

export function statusCommand(): Command {
  return fromConfig(new Command('status'), 'keys')
    .description('one line per device, from the database of `bridge`: is it there, and does it send')
    .requiredOption('--database <url>', 'file:FOLDER or postgres://user@host/database, as `bridge` has it')
    .option('--keys <path>', 'key register: names, and devices that were never heard')
    .addOption(
      new Option('--silent <duration>', 'a device that says nothing for so long is offline')
        .argParser(parseDuration('--silent'))
        .default(parseDuration('--silent')('15m'), '15m'),
    )
    .option('--json', 'one JSON object per line')
    .addHelpText(
      'after',
      `
Exit code 1 when a device of the register is silent.

Example:
  meterlogger fleet status --database file:meters --keys keys.csv --silent 15m`,
    )
    .action(status)
}

async function status({ database, keys, silent, json }: StatusOptions): Promise<void> {
  const register = keys === undefined ? new KeyRegister([]) : readRegister(keys)
  const now = Date.now()
  const devices = statuses(await rowsOf(database, now), register, now, silent)
  if (json) for (const device of devices) print(JSON.stringify(device))
  else for (const line of table(devices)) print(line)
  if (devices.length === 0)
    say('no device: the bridge has heard none yet; with --keys those of the register stand here too')
  const quiet = devices.filter(({ serial, last_seen }) => register.find(serial) && isSilent(last_seen, now, silent))
  if (quiet.length > 0) throw new NegativeResult(`silent: ${quiet.map(({ serial }) => serial).join(', ')}`)
}

async function rowsOf(url: string, now: number): Promise<readonly Row[]> {
  let store: Store | undefined
  try {
    store = await openStore(existingDatabase(url))
    return await store.rows(DEVICES, [instantText(Math.floor(now / 1000) - DAY_SECONDS)])
  } catch (error) {
    if (error instanceof DatabaseRefused) throw new UsageError(`--database: ${error.message}`)
    if (error instanceof DatabaseAway) throw new NegativeResult(error.message)
    throw error
  } finally {
    await store?.close()
  }
}

/** The devices of the register in its order, then those that only the database knows. */
function statuses(rows: readonly Row[], register: KeyRegister, now: number, silent: number): readonly DeviceStatus[] {
  const heard = new Map(rows.map((row) => [register.find(row.serial!)?.serial ?? row.serial!, row]))
  const serials = new Set([...register.devices.map(({ serial }) => serial), ...heard.keys()])
  return [...serials].map((serial) => {
    const row = heard.get(serial)
    const number = (text: string | null | undefined) => (text == null ? null : Number(text))
    const last = row?.last_seen ?? null
    return {
      serial,
      name: register.find(serial)?.name ?? null,
      last_seen: last,
      online: !isSilent(last, now, silent) && !((row?.offline_at ?? '') > last!),
      version: row?.version ?? null,
      ssid: row?.ssid ?? null,
      rssi: number(row?.rssi_dbm),
      uptime: number(row?.uptime_s),
      samples: Number(row?.samples ?? 0),
      valve: row?.valve ?? null,
    }
  })
}

function isSilent(lastSeen: string | null, now: number, silent: number): boolean {
  return lastSeen === null || now - Date.parse(lastSeen) > silent
}

function table(devices: readonly DeviceStatus[]): readonly string[] {
  const heads = ['serial', 'name', 'last seen', 'online', 'version', 'Wi-Fi', 'rssi', 'uptime', 'samples', 'valve']
  const rows = devices.map((device) => [
    device.serial,
    device.name,
    device.last_seen,
    device.online ? 'online' : 'offline',
    device.version,
    device.ssid,
    device.rssi,
    device.uptime === null ? null : uptimeText(device.uptime),
    `${device.samples}/${EXPECTED}`,
    device.valve,
  ])
  return tableLines(heads, rows)
}

function uptimeText(seconds: number): string {
  const days = Math.floor(seconds / DAY_SECONDS)
  const clock = new Date((seconds % DAY_SECONDS) * 1000).toISOString().slice(11, 16)
  return `${days}d ${clock}`
}
