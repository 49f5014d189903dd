import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { Command } from 'commander'
import { parseFlags } from '../modules/app/flags.js'
import { networkName } from '../modules/app/identity.js'
import { toHex } from '../modules/codec/hex.js'
import { PORTAL_ADDRESS } from '../modules/uplink/access-point.js'
import { readOptions } from './build-plan.js'
import { NegativeResult, UsageError } from './errors.js'
import { joinNetwork } from './join-network.js'
import { print, say } from './print.js'
import { runScript } from './script.js'

/**
 * `KEY=... SERIAL=... npm run wifisetup`: joins the access point of a device and opens its portal; with `--twin` it
 * opens that of a twin on this computer.
 */
const PORTAL = `http://${PORTAL_ADDRESS}/`
const TWIN_PORTAL = 'http://127.0.0.1:8080/'

const program = new Command('npm run wifisetup --')
  .description('join the set-up network of a device and open its page')
  .argument('[options...]', 'build options NAME=VALUE, KEY and SERIAL for two; those in the environment count too')
  .option('--twin', 'open the page of a twin on this computer')
  .action((args: string[], { twin }: { twin?: boolean }) => (twin ? openTwin() : openDevice(args)))

await runScript(program)

async function openTwin(): Promise<void> {
  const answer = await fetch(TWIN_PORTAL, { redirect: 'manual' }).catch(() => undefined)
  if (answer === undefined) throw new NegativeResult(`no portal at ${TWIN_PORTAL}; start a twin: npm start -- --fresh`)
  open(TWIN_PORTAL)
}

async function openDevice(args: readonly string[]): Promise<void> {
  const flags = parseFlags(readOptions(args, process.env))
  if (!flags.ok) throw new UsageError(flags.error)
  const { serial, key, setUpPassword } = flags.value
  const network = networkName(flags.value, serial)
  const password = setUpPassword ?? (key && toHex(key).slice(0, 16))
  if (password === undefined)
    throw new UsageError(
      'KEY: missing; a device that has none yet tells the password of its network on its serial console',
    )
  if (spawnSync('nmcli', ['--version']).error)
    throw new NegativeResult(`nmcli is not installed; join the network ${network} by hand and open ${PORTAL}`)
  say(`joining ${network}; switch the device on`)
  if (!(await joinNetwork({ network, password, nmcli, wait: () => setTimeout(2_000) })))
    throw new NegativeResult(`nmcli could not add a profile; join the network ${network} by hand and open ${PORTAL}`)
  await setTimeout(2_000)
  open(PORTAL)
}

async function nmcli(args: readonly string[]): Promise<boolean> {
  const [status] = await once(spawn('nmcli', args, { stdio: 'ignore' }), 'exit')
  return status === 0
}

/** Opens a browser. Without a desktop this fails, and the user has the printed address. */
function open(page: string): void {
  print(page)
  spawnSync('xdg-open', [page], { stdio: 'ignore' })
}
