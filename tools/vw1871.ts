import { Command } from 'commander'
import { DATA_CHARACTERISTIC } from '../decoders/notifications.js'
import { Vw1871Parser } from '../modules/ble/vw1871.js'
import { fromHex, toHex } from '../modules/codec/hex.js'
import { UsageError } from './errors.js'
import { linesOf } from './lines.js'
import { print } from './print.js'
import { recordCommand } from './vw1871-record.js'

export function vw1871Command(): Command {
  const command = new Command('vw1871').description('stream of the BLE concentrator VW1871').addCommand(
    new Command('decode')
      .description('decode notifications from standard input, one session a line')
      .requiredOption('--jsonl', 'a line is {"notifications":[{"t","characteristic","hex"}]}')
      .action(async () => {
        let number = 0
        for await (const line of linesOf(process.stdin)) {
          number++
          if (line.trim() === '') continue
          const notifications = readSession(line, (problem) => new UsageError(`line ${number}: ${problem}`))
          print(JSON.stringify(decode(notifications)))
        }
      }),
  )
  return command.addCommand(recordCommand())
}

/** Takes a session apart. `resync` is the number of records that failed their check. */
export function decode(notifications: readonly Uint8Array[]): { items: object[]; resync: number } {
  const items: object[] = []
  const parser = new Vw1871Parser({
    onRecord: (record) => {
      const { serial, clock, rssi } = record
      items.push({ kind: 'telegram', serial, clock, rssi, frame_hex: toHex(record.frame()).toUpperCase() })
    },
    onBattery: (millivolt) => items.push({ kind: 'battery', millivolt }),
    onText: (text) => items.push({ kind: 'text', text }),
  })
  for (const notification of notifications) parser.push(notification)
  while (parser.waiting) parser.idle()
  return { items, resync: parser.resyncs }
}

/** Reads the bytes of the session's data notifications. */
function readSession(line: string, wrong: (problem: string) => Error): Uint8Array[] {
  const { notifications } = parseJson(line, wrong)
  if (!Array.isArray(notifications)) throw wrong('expected {"notifications":[...]}')
  return notifications.flatMap((notification, index) => {
    const { characteristic, hex } = notification ?? {}
    if (typeof characteristic !== 'string') throw wrong(`notification ${index + 1}: no characteristic`)
    const bytes = typeof hex === 'string' ? fromHex(hex) : undefined
    if (bytes === undefined) throw wrong(`notification ${index + 1}: expected hex digits, two a byte`)
    return DATA_CHARACTERISTIC.test(characteristic) ? [bytes] : []
  })
}

function parseJson(line: string, wrong: (problem: string) => Error): { readonly notifications?: unknown } {
  try {
    return JSON.parse(line) ?? {}
  } catch (error) {
    throw wrong((error as Error).message)
  }
}
