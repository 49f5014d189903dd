import { spawnSync } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { parseFlags } from '../modules/app/flags.js'
import { readOptions } from './build-plan.js'

/** `KEY=... SERIAL=... npm run wifisetup`: joins the access point of a device and opens its portal. */
const PORTAL = 'http://192.168.4.1/'

const flags = parseFlags(readOptions(process.argv.slice(2), process.env))
if (!flags.ok) {
  process.stderr.write(`${flags.error}\n`)
  process.exit(2)
}
const { meter, serial, key } = flags.value
const network = meter === 'impulse' ? `EL_${serial}` : `KAM_${serial.padStart(7, '0')}`
const password = Buffer.from(key).toString('hex').slice(0, 16)
if (spawnSync('nmcli', ['--version']).error) {
  process.stderr.write(`nmcli is not installed; join the network ${network} by hand and open ${PORTAL}\n`)
  process.exit(1)
}
process.stdout.write(`joining ${network}; switch the device on\n`)
while (spawnSync('nmcli', ['device', 'wifi', 'connect', network, 'password', password]).status !== 0)
  await setTimeout(2_000)
await setTimeout(2_000)
process.stdout.write(`${PORTAL}\n`)
spawnSync('xdg-open', [PORTAL])
