import type { Settings } from '../storage/settings.js'

export interface Credentials {
  readonly ssid: string
  readonly password: string
}

/** Which of the stored networks it is. */
export type Choice = 'first' | 'previous' | 'fallback'

export interface Candidate extends Credentials {
  readonly choice: Choice
}

/** The networks to try, in this order; none before set-up. */
export function candidatesOf(settings: Readonly<Settings>): readonly Candidate[] {
  const { ssid, password, previousSsid, previousPassword, fallbackSsid, fallbackPassword } = settings
  const all: Candidate[] = [
    { choice: 'first', ssid, password },
    { choice: 'previous', ssid: previousSsid, password: previousPassword },
    { choice: 'fallback', ssid: fallbackSsid, password: fallbackPassword },
  ]
  return all.filter((one, i) => one.ssid !== '' && all.findIndex((other) => isSame(one, other)) === i)
}

/**
 * What to store for new credentials, one or both of the two: they become the first choice, and the ones that have
 * worked stay beside them, over as many corrections as it takes.
 */
export function withCredentials(settings: Readonly<Settings>, changes: Partial<Credentials>): Partial<Settings> {
  const { ssid, password, previousSsid, previousPassword } = settings
  const first = { ssid: changes.ssid ?? ssid, password: changes.password ?? password }
  if (isSame(first, settings)) return {}
  if (isSame(first, { ssid: previousSsid, password: previousPassword }))
    return { ...first, previousSsid: '', previousPassword: '' }
  return previousSsid === '' ? { ...first, previousSsid: ssid, previousPassword: password } : first
}

/** What to store when the broker was reached by this choice: the first needs no other any more. */
export function withProof(choice: Choice): Partial<Settings> {
  return choice === 'first' ? { previousSsid: '', previousPassword: '' } : {}
}

export function isSame(one: Credentials, other: Credentials): boolean {
  return one.ssid === other.ssid && one.password === other.password
}
