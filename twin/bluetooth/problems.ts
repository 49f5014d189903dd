/** What keeps the computer's Bluetooth from working. */
export type Problem = 'missing' | 'none' | 'off' | 'forbidden' | 'failed'

/** The systems whose remedies are known, by Node's names. */
const REMEDIES: Readonly<Record<string, Readonly<Partial<Record<Problem, string>>>>> = {
  linux: {
    none: 'plug one in, and see that BlueZ runs: systemctl status bluetooth',
    off: 'switch it on: bluetoothctl power on (rfkill unblock bluetooth, where that is refused)',
    forbidden:
      'BlueZ refuses this user: add him to the group bluetooth and log in anew (sudo usermod -aG bluetooth $USER); with NOBLE_BINDINGS=hci, node needs cap_net_raw',
  },
  darwin: {
    none: 'this Mac has none that is usable, or it is still starting',
    off: 'switch it on in the control centre',
    forbidden: 'System Settings, Privacy & Security, Bluetooth: allow the terminal that runs this, and start it anew',
  },
  win32: {
    none: 'Windows 10 (1703) or later with an adapter for Bluetooth LE is needed; look into the device manager',
    off: 'switch it on: Settings, Bluetooth & devices',
    forbidden: 'Settings, Privacy & security, Radios: allow desktop apps to control them',
  },
}

const SAID: Readonly<Record<Problem, string>> = {
  missing:
    'the library for Bluetooth is not installed: npm install --include=optional (what it needs is in docs/bluetooth.md)',
  none: 'this computer has no Bluetooth adapter that can be used',
  off: 'Bluetooth is switched off',
  forbidden: 'this program may not use Bluetooth',
  failed: 'Bluetooth has failed',
}

/** Texts of BlueZ, D-Bus and the operating systems that mean a missing permission. */
const FORBIDDEN = /AccessDenied|NotAuthorized|NotPermitted|not authori[sz]ed|rejected send message|EPERM|EACCES/i
/** D-Bus or BlueZ is not there. */
const ABSENT = /connect E|org\.bluez|No BlueZ adapter|ENODEV|LIBUSB|No compatible/i
const NOT_INSTALLED = /dbus-next|bluetooth-hci-socket|Cannot find (package|module)/i

/** The problem behind the library's text. */
export function problemOf(detail: string): Problem {
  if (NOT_INSTALLED.test(detail)) return 'missing'
  if (FORBIDDEN.test(detail)) return 'forbidden'
  return ABSENT.test(detail) ? 'none' : 'failed'
}

/** The problem of an adapter's state in the library's words; undefined while there is none, or nobody knows yet. */
export function stateProblem(state: string, detail: string): Problem | undefined {
  if (state === 'poweredOff' || state === 'resetting') return 'off'
  if (state === 'unauthorized') return 'forbidden'
  if (state !== 'unsupported') return undefined
  return FORBIDDEN.test(detail) ? 'forbidden' : 'none'
}

/** One sentence for people: what is wrong, what helps on this system, and the library's own words. */
export function problemText(problem: Problem, platform: string, detail: string): string {
  const remedy = REMEDIES[platform]?.[problem]
  const own = detail === '' ? '' : ` (${detail})`
  return `${SAID[problem]}${own}${remedy === undefined ? '' : `: ${remedy}`}`
}
