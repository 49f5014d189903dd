import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { parseFlags } from '../modules/app/flags.js'
import { networkName } from '../modules/app/identity.js'
import { toHex } from '../modules/codec/hex.js'
import { PORTAL_ADDRESS } from '../modules/uplink/access-point.js'
import { readOptions } from './build-plan.js'
import { joinNetwork } from './join-network.js'

/**
 * `KEY=... SERIAL=... npm run wifisetup`: joins the access point of a device and opens its portal; with `--twin` it
 * opens that of a twin on this computer.
 */
const PORTAL = `http://${PORTAL_ADDRESS}/`
const TWIN_PORTAL = 'http://127.0.0.1:8080/'

const args = process.argv.slice(2)
if (args.includes('--twin')) {
  const answers = await fetch(TWIN_PORTAL, { redirect: 'manual' }).catch(() => undefined)
  if (answers === undefined) {
    process.stderr.write(`no portal at ${TWIN_PORTAL}; start a twin: npm start -- --fresh\n`)
    process.exit(1)
  }
  open(TWIN_PORTAL)
  process.exit(0)
}

const flags = parseFlags(readOptions(args, process.env))
if (!flags.ok) {
  process.stderr.write(`${flags.error}\n`)
  process.exit(2)
}
const { serial, key, setUpPassword } = flags.value
const network = networkName(flags.value, serial)
const password = setUpPassword ?? (key && toHex(key).slice(0, 16))
if (password === undefined) {
  process.stderr.write(
    'KEY: missing; a device that has none yet tells the password of its network on its serial console\n',
  )
  process.exit(2)
}
if (spawnSync('nmcli', ['--version']).error) {
  process.stderr.write(`nmcli is not installed; join the network ${network} by hand and open ${PORTAL}\n`)
  process.exit(1)
}
process.stdout.write(`joining ${network}; switch the device on\n`)
if (!(await joinNetwork({ network, password, nmcli, wait: () => setTimeout(2_000) }))) {
  process.stderr.write(`nmcli could not add a profile; join the network ${network} by hand and open ${PORTAL}\n`)
  process.exit(1)
}
await setTimeout(2_000)
open(PORTAL)

async function nmcli(args: readonly string[]): Promise<boolean> {
  const [status] = await once(spawn('nmcli', args, { stdio: 'ignore' }), 'exit')
  return status === 0
}

/** Opens a browser. Without a desktop this fails, and the user has the printed address. */
function open(page: string): void {
  process.stdout.write(`${page}\n`)
  spawnSync('xdg-open', [page], { stdio: 'ignore' })
}
