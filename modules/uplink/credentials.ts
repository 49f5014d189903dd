import type { Settings } from '../storage/settings.js'

export interface Credentials {
  readonly ssid: string
  readonly password: string
}

/** The role of a stored network. */
export type Choice = 'first' | 'previous' | 'fallback'

export interface Candidate extends Credentials {
  readonly choice: Choice
}

const NO_PREVIOUS = Object.freeze({ previousSsid: '', previousPassword: '' } as const)

/** The networks to try, the best first; none before set-up. */
export function candidatesOf(settings: Readonly<Settings>): readonly Candidate[] {
  const { ssid, password, previousSsid, previousPassword, fallbackSsid, fallbackPassword } = settings
  const candidates: Candidate[] = []
  add(candidates, 'first', ssid, password)
  add(candidates, 'previous', previousSsid, previousPassword)
  add(candidates, 'fallback', fallbackSsid, fallbackPassword)
  return candidates
}

/** Adds a network unless it is none or there already. A loop, because closures would take more RAM. */
function add(candidates: Candidate[], choice: Choice, ssid: string, password: string): void {
  if (ssid === '') return
  const candidate = { choice, ssid, password }
  for (let i = 0; i < candidates.length; i++) if (isSame(candidates[i]!, candidate)) return
  candidates.push(candidate)
}

/**
 * The settings that make new credentials the first choice. Credentials that have worked stay the previous choice,
 * however often the user corrects the new ones.
 * @param changes the name, the password or both
 */
export function withCredentials(settings: Readonly<Settings>, changes: Partial<Credentials>): Partial<Settings> {
  const { ssid, password, previousSsid, previousPassword } = settings
  const first = { ssid: changes.ssid ?? ssid, password: changes.password ?? password }
  if (isSame(first, settings)) return {}
  if (isSame(first, { ssid: previousSsid, password: previousPassword })) return { ...first, ...NO_PREVIOUS }
  return previousSsid === '' ? { ...first, previousSsid: ssid, previousPassword: password } : first
}

/** The settings to store after this choice has led to the broker. A first choice that works makes the previous one obsolete. */
export function confirmed(choice: Choice): Partial<Settings> {
  return choice === 'first' ? NO_PREVIOUS : {}
}

export function isSame(one: Credentials, other: Credentials): boolean {
  return one.ssid === other.ssid && one.password === other.password
}
