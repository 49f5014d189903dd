import { MAX_HOST, parsePort } from '../codec/broker-address.js'
import { decimalText } from '../codec/decimal.js'
import { MAX_FINGERPRINT, parseFingerprint } from '../codec/fingerprint.js'
import { isWpaPassword } from '../codec/wpa.js'
import { MAX_HEADERS_TEXT, parseHeaders } from '../radio/header-list.js'
import { MAX_BROKER_TEXT, MAX_PASSWORD, MAX_SSID } from '../storage/settings.js'
import type { PortalChanges, PortalState } from './device.js'
import { parseBroker, parseOwnKey, parseReading } from './field-values.js'
import type { Form } from './form.js'
import type { ErrorName } from './form-error.js'
import { unitText } from './pages/units.js'
import type { Texts } from './texts/en.js'

/** Bytes of a port behind a host, `:65535`. */
const MAX_PORT = 6

/** A group of inputs on a page. The impulse, water and headers groups exist only in builds for such meters, key and number while the device has no key. */
export type Group =
  | 'key'
  | 'number'
  | 'network'
  | 'connection'
  | 'broker'
  | 'tls'
  | 'impulse'
  | 'water'
  | 'headers'
  | 'access'

/** The values of all rows. */
export interface FieldValues extends PortalChanges {
  /** Number and key of a water meter, in digits. They become one entry of `waterMeters`. */
  waterId?: string
  waterKey?: string
}

/** A setting with a field in the portal. Its page, its check and its part of the device's state follow from this row. */
export interface FieldRow {
  readonly setting: keyof FieldValues
  readonly group: Group
  /** Name and id of the input. The original's fields keep its names, because scripts use them. */
  readonly name: string
  /** Name of a list of choices that counts where the input is empty. Errors lead to this list. */
  readonly choices?: string
  /** The portal never shows a secret. It hides a password while it is typed. */
  readonly secret?: 'password' | 'key'
  /** Blanks count in a name or a password, and do not in a number or a key, which people paste as it is printed. Elsewhere those at the ends do not. */
  readonly blanks?: 'count' | 'none'
  readonly maxBytes: number
  readonly inputMode?: 'decimal' | 'numeric' | 'url'
  label(texts: Texts, state: PortalState): string
  hint?(texts: Texts, state: PortalState): string | undefined
  /** The value to show where it is not the stored one. */
  value?(state: PortalState): string | undefined
  /** The setting's value for a text, or several settings that go over those of other rows; undefined where the text is wrong. */
  parse(text: string, form: Form): string | number | FieldValues | undefined
  readonly wrong: ErrorName
  /** The error of an empty input. Without it an empty input keeps the stored value. */
  readonly missing?: ErrorName
}

/** All rows, in the order of the pages. */
export const FIELDS: readonly FieldRow[] = Object.freeze([
  Object.freeze<FieldRow>({
    setting: 'masterKey',
    group: 'key',
    name: 'key',
    secret: 'key',
    blanks: 'none',
    maxBytes: 32,
    label: (texts) => texts.masterKey,
    hint: (texts) => texts.masterKeyHint,
    parse: parseOwnKey,
    wrong: 'wrongMasterKey',
    missing: 'wrongMasterKey',
  }),
  Object.freeze<FieldRow>({
    setting: 'ownSerial',
    group: 'number',
    name: 'serial',
    blanks: 'none',
    maxBytes: 12,
    inputMode: 'numeric',
    label: (texts) => texts.ownSerial,
    hint: (texts) => texts.ownSerialHint,
    parse: (text) => (/^[0-9]+$/.test(text) ? text : undefined),
    wrong: 'wrongOwnSerial',
  }),
  Object.freeze<FieldRow>({
    setting: 'ssid',
    group: 'network',
    name: 'other',
    choices: 'essid',
    blanks: 'count',
    maxBytes: MAX_SSID,
    label: (texts) => texts.otherNetwork,
    hint: (texts) => texts.otherNetworkHint,
    value: () => undefined,
    parse: anyText,
    wrong: 'longNetwork',
    missing: 'noNetwork',
  }),
  Object.freeze<FieldRow>({
    setting: 'password',
    group: 'connection',
    name: 'passwd',
    secret: 'password',
    blanks: 'count',
    maxBytes: MAX_PASSWORD,
    label: (texts) => texts.password,
    hint: (texts, { ssid }) => (ssid === '' ? undefined : texts.keepHint(ssid)),
    parse: anyText,
    wrong: 'longPassword',
  }),
  Object.freeze<FieldRow>({
    setting: 'mqttHost',
    group: 'broker',
    name: 'mqtthost',
    maxBytes: MAX_HOST + MAX_PORT,
    inputMode: 'url',
    label: (texts) => texts.brokerHost,
    hint: (texts) => texts.brokerHint,
    parse: parseBroker,
    wrong: 'wrongBroker',
  }),
  Object.freeze<FieldRow>({
    setting: 'mqttPort',
    group: 'broker',
    name: 'mqttport',
    blanks: 'none',
    maxBytes: 5,
    inputMode: 'numeric',
    label: (texts) => texts.brokerPort,
    parse: parsePort,
    wrong: 'wrongPort',
  }),
  Object.freeze<FieldRow>({
    setting: 'mqttUser',
    group: 'broker',
    name: 'mqttuser',
    maxBytes: MAX_BROKER_TEXT,
    label: (texts) => texts.brokerUser,
    parse: anyText,
    wrong: 'longBrokerText',
  }),
  Object.freeze<FieldRow>({
    setting: 'mqttPassword',
    group: 'broker',
    name: 'mqttpassword',
    secret: 'password',
    blanks: 'count',
    maxBytes: MAX_BROKER_TEXT,
    label: (texts) => texts.brokerPassword,
    hint: (texts) => texts.brokerPasswordHint,
    parse: anyText,
    wrong: 'longBrokerText',
  }),
  Object.freeze<FieldRow>({
    setting: 'mqttCertificate',
    group: 'tls',
    name: 'mqttcertificate',
    blanks: 'none',
    maxBytes: MAX_FINGERPRINT,
    label: (texts) => texts.brokerCertificate,
    hint: (texts) => texts.brokerCertificateHint,
    parse: parseFingerprint,
    wrong: 'wrongFingerprint',
  }),
  Object.freeze<FieldRow>({
    setting: 'impulseSerial',
    group: 'impulse',
    name: 'impulse_meter_serial',
    blanks: 'none',
    maxBytes: 12,
    label: (texts) => texts.impulseSerial,
    value: ({ serial, values }) => values.impulseSerial || serial,
    parse: (text) => (/^[A-Za-z0-9._-]+$/.test(text) ? text : undefined),
    wrong: 'wrongSerial',
  }),
  Object.freeze<FieldRow>({
    setting: 'impulseReading',
    group: 'impulse',
    name: 'impulse_meter_units',
    blanks: 'none',
    maxBytes: 31,
    inputMode: 'decimal',
    label: (texts, state) => texts.impulseUnits(impulseUnit(state)),
    value: () => undefined,
    hint: (texts, { impulse }) => texts.impulseUnitsHint(texts.number(decimalText(false, impulse?.reading ?? 0, -3))),
    parse: parseReading,
    wrong: 'wrongReading',
  }),
  Object.freeze<FieldRow>({
    setting: 'impulsesPerUnit',
    group: 'impulse',
    name: 'impulses_per_unit',
    blanks: 'none',
    maxBytes: 8,
    inputMode: 'numeric',
    label: (texts, state) => texts.impulsesPerUnit(impulseUnit(state)),
    parse: (text) => (/^[0-9]+$/.test(text) && Number(text) > 0 ? Number(text) : undefined),
    wrong: 'wrongPerUnit',
  }),
  Object.freeze<FieldRow>({
    setting: 'waterId',
    group: 'water',
    name: 'id',
    blanks: 'none',
    maxBytes: 8,
    inputMode: 'numeric',
    label: (texts) => texts.waterId,
    hint: (texts) => texts.waterIdHint,
    parse: (text) => (/^[0-9]{8}$/.test(text) ? text : undefined),
    wrong: 'wrongId',
    missing: 'wrongId',
  }),
  Object.freeze<FieldRow>({
    setting: 'waterKey',
    group: 'water',
    name: 'key',
    secret: 'key',
    blanks: 'none',
    maxBytes: 32,
    label: (texts) => texts.key,
    hint: (texts) => texts.keyDigits,
    parse: (text) => (/^[0-9A-Fa-f]{32}$/.test(text) ? text : undefined),
    wrong: 'wrongKey',
    missing: 'wrongKey',
  }),
  Object.freeze<FieldRow>({
    setting: 'radioHeaders',
    group: 'headers',
    name: 'headers',
    maxBytes: MAX_HEADERS_TEXT,
    label: (texts) => texts.headers,
    hint: (texts) => texts.headersHint,
    parse: (text) => (parseHeaders(text).ok ? text : undefined),
    wrong: 'wrongHeaders',
  }),
  Object.freeze<FieldRow>({
    setting: 'portalPassword',
    group: 'access',
    name: 'password',
    secret: 'password',
    blanks: 'count',
    maxBytes: 63,
    label: (texts) => texts.newPassword,
    hint: (texts) => texts.newPasswordHint,
    parse: (text) => (isWpaPassword(text) ? text : undefined),
    wrong: 'wrongPortalPassword',
    missing: 'wrongPortalPassword',
  }),
])

function anyText(text: string): string {
  return text
}

function impulseUnit({ impulse }: PortalState): string {
  return impulse === undefined ? '' : unitText(impulse.unit)
}
