import { MAX_HOST, parsePort } from '../codec/broker-address.js'
import { hasOnly, isDigits } from '../codec/characters.js'
import { amountText } from '../codec/decimal.js'
import { MAX_FINGERPRINT, parseFingerprint } from '../codec/fingerprint.js'
import { isHex } from '../codec/hex.js'
import { isWpaPassword } from '../codec/wpa.js'
import { MAX_HEADERS_TEXT, parseHeaders } from '../radio/header-list.js'
import { MAX_BROKER_TEXT, MAX_PASSWORD, MAX_SSID } from '../storage/settings.js'
import type { PortalState } from './device.js'
import type { FieldRow } from './field-row.js'
import { parseBroker, parseOwnKey, parseReading } from './field-values.js'
import { unitText } from './pages/units.js'

/** Bytes of a port behind a host, `:65535`. */
const MAX_PORT = 6

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
    parse: (text) => (isDigits(text) ? text : undefined),
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
    hint: (texts, { ssid }) => (ssid === '' ? undefined : texts.brokerPasswordHint),
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
    hint: ({ brokerCertificateHint, brokerCertificateNone }, { values }) =>
      values.mqttCertificate ? `${brokerCertificateHint} ${brokerCertificateNone}` : brokerCertificateHint,
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
    parse: (text) => (text !== '' && hasOnly(text, '09AZaz..__--') ? text : undefined),
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
    hint: (texts, { impulse }) => texts.impulseUnitsHint(texts.number(amountText(impulse?.reading ?? 0, 3))),
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
    parse: (text) => (isDigits(text) && Number(text) > 0 ? Number(text) : undefined),
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
    parse: (text) => (text.length === 8 && isDigits(text) ? text : undefined),
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
    parse: (text) => (isHex(text, 32) ? text : undefined),
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
