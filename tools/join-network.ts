import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Joining {
  /** The network, and the name of NetworkManager's profile for it. */
  readonly network: string
  /** 8 to 63 printable characters of ASCII. */
  readonly password: string
  /** Calls nmcli; whether it succeeded. */
  nmcli(args: readonly string[]): Promise<boolean>
  /** Waits before the next attempt. */
  wait(): Promise<unknown>
}

/** Signals that end the program. */
const ENDS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Joins a network with NetworkManager, however long the network takes to appear. False when there can be no profile for it.
 *
 * Every user of the computer sees command lines, so nmcli gets the password in a file that its user alone can read and that
 * is gone when this is over, also when the program is ended by a signal. NetworkManager does not store it, and forgets the
 * profile when it is started again; what an earlier call has left is deleted.
 */
export async function joinNetwork({ network, password, nmcli, wait }: Joining): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'meterlogger-wifi-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  const end = () => process.exit(1)
  process.once('exit', remove)
  for (const signal of ENDS) process.once(signal, end)
  try {
    const file = join(folder, 'password')
    writeFileSync(file, passwordLine(password), { mode: 0o600 })
    const uuid = randomUUID()
    await nmcli(['connection', 'delete', 'id', network])
    const profile = ['connection.uuid', uuid, 'wifi-sec.key-mgmt', 'wpa-psk', 'wifi-sec.psk-flags', 'not-saved']
    const common = ['save', 'no', 'autoconnect', 'no', 'type', 'wifi', 'ifname', '*', 'con-name', network]
    if (!(await nmcli(['connection', 'add', ...common, 'ssid', network, ...profile]))) return false
    while (!(await nmcli(['connection', 'up', 'uuid', uuid, 'passwd-file', file]))) await wait()
    return true
  } finally {
    remove()
    process.off('exit', remove)
    for (const signal of ENDS) process.off(signal, end)
  }
}

/** nmcli takes a backslash as an escape, and blanks at either end away (nmc_utils_parse_passwd_file of NetworkManager). */
function passwordLine(password: string): string {
  return `802-11-wireless-security.psk:${password.replace(/\\|^ | $/g, '\\$&')}\n`
}
