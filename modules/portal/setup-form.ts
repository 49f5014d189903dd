import { byteLength } from '../codec/utf8.js'
import type { FormError } from './answer.js'
import type { PortalChanges, PortalDevice } from './device.js'
import type { Form } from './form.js'

export interface Setup {
  readonly ssid: string
  /** Undefined: the stored one. */
  readonly password: string | undefined
  readonly changes: PortalChanges
  readonly errors: readonly FormError[]
}

const MAX_SSID = 32
const MAX_PASSWORD = 64

/**
 * Reads the fields of the original's set-up form. `essid` is the network of the list, `other` one that was typed
 * instead; every other field that is missing or empty keeps what is stored.
 */
export function readSetup(form: Form, device: PortalDevice): Setup {
  const errors: FormError[] = []
  const ssid = (form.get('other') ?? '').trim() || (form.get('essid') ?? '')
  if (ssid === '') errors.push({ field: 'essid', text: 'noNetwork' })
  if (byteLength(ssid) > MAX_SSID) errors.push({ field: 'essid', text: 'longNetwork' })
  const password = form.get('passwd') ?? ''
  if (byteLength(password) > MAX_PASSWORD) errors.push({ field: 'passwd', text: 'longPassword' })

  const changes: PortalChanges = {}
  const read = (field: string, text: FormError['text'], take: (value: string) => boolean) => {
    const value = (form.get(field) ?? '').trim()
    if (value !== '' && !take(value)) errors.push({ field, text })
  }
  read('mqtthost', 'wrongBroker', (value) => {
    changes.mqttHost = value
    return /^[A-Za-z0-9._:-]{1,63}$/.test(value)
  })
  if (device.impulse !== undefined) {
    read('impulse_meter_serial', 'wrongSerial', (value) => {
      changes.impulseSerial = value
      return /^[A-Za-z0-9._-]{1,12}$/.test(value)
    })
    read('impulse_meter_units', 'wrongReading', (value) => {
      changes.impulseReading = parseReading(value)
      return changes.impulseReading !== undefined
    })
    read('impulses_per_unit', 'wrongPerUnit', (value) => {
      changes.impulsesPerUnit = Number(value)
      return /^[0-9]{1,8}$/.test(value) && changes.impulsesPerUnit > 0
    })
  }
  return { ssid, password: password === '' && ssid === device.ssid ? undefined : password, changes, errors }
}

/**
 * A reading in kWh or m3 as Wh or l, exactly: `1234.567` is 1234567, and so is `1234,567`. Decimals beyond the third
 * are cut. Undefined for anything else.
 */
export function parseReading(text: string): number | undefined {
  const found = /^([0-9]{1,9})(?:[.,]([0-9]{0,20}))?$/.exec(text)
  if (found === null) return undefined
  return Number(found[1]! + (found[2] ?? '').slice(0, 3).padEnd(3, '0'))
}
