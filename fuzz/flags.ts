import { equal, ok } from 'node:assert/strict'
import { parseFlags } from '../modules/app/flags.js'
import { textOf } from './support/text.js'

/** Options that are taken have a serial number, and the key that was given. An error never shows what may be a key. */
export default function flags(bytes: Uint8Array): void {
  const options: Record<string, unknown> = {}
  for (const line of textOf(bytes).split('\n')) {
    const equals = line.indexOf('=')
    if (equals > 0) options[line.slice(0, equals)] = line.slice(equals + 1)
  }
  check(options)
  check({ KEY: 'ef500c9268cf749016d26d6cbfaaf7bf', ...options })
}

function check(options: Readonly<Record<string, unknown>>): void {
  const parsed = parseFlags(options)
  if (!parsed.ok) {
    const { KEY = '', ...others } = options
    const key = String(KEY)
    if (key.length >= 16 && !JSON.stringify(others).includes(key)) ok(!parsed.error.includes(key), parsed.error)
    return
  }
  const { key, serial, waterMeters, ble, driver, flowMeter } = parsed.value
  equal(key?.length, options.KEY === undefined ? undefined : 16)
  ok(/^[0-9]{1,12}$/.test(serial))
  ok(waterMeters.length === 0 || ble)
  if (driver.name === 'flowiq') ok(flowMeter && ble)
}
