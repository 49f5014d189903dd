import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { type Flags, parseFlags } from '../../modules/app/flags.js'
import { modelText } from '../../modules/app/version.js'
import { isExampleKey } from '../../modules/codec/master-key.js'

const KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'

function parse(options: Record<string, unknown>): Flags {
  const result = parseFlags(options)
  if (!result.ok) throw new Error(result.error)
  return result.value
}

function flags(options: Record<string, unknown>): Flags {
  return parse({ KEY, ...options })
}

function error(options: Record<string, unknown>): string {
  const result = parseFlags(options)
  return result.ok ? '' : result.error
}

describe('the build options', () => {
  it('have the defaults of the original', () => {
    const { driver, serial, autoClose, stackTrace, cron, debug, flowMeter, thermoNormallyOpen } = flags({})
    equal(
      JSON.stringify({ meter: driver.name, serial, autoClose, stackTrace, cron, debug, flowMeter, thermoNormallyOpen }),
      '{"meter":"kmp","serial":"9999999","autoClose":true,"stackTrace":true,"cron":true,"debug":false,"flowMeter":false,"thermoNormallyOpen":false}',
    )
  })

  it('choose the meter', () => {
    equal(flags({ EN61107: '1' }).driver.name, 'mc66c')
    equal(flags({ MC_66B: '1' }).driver.name, 'mc66b')
    equal(flags({ IMPULSE: '1' }).driver.name, 'impulse')
    equal(flags({ DEBUG_NO_METER: '1' }).driver.name, 'none')
  })

  it('take the point of a key for updates', () => {
    equal(flags({}).updateKey, undefined)
    equal(flags({ UPDATE_KEY: '0a'.repeat(64) }).updateKey?.length, 64)
    const refused = 'UPDATE_KEY: expected 128 hex digits, a point on P-256'
    equal(error({ KEY, UPDATE_KEY: '0a'.repeat(63) }), refused)
    equal(error({ KEY, UPDATE_KEY: 'xx'.repeat(64) }), refused)
  })

  it('want a key of 32 hex digits or none, and never repeat it', () => {
    equal(parse({}).key, undefined)
    equal(error({ KEY: '' }), 'KEY: expected 32 hex digits, got 0 characters')
    equal(error({ KEY, SERIAL: 'x123' }), 'SERIAL: expected 1 to 12 digits, got "x123"')
    equal(flags({}).concentrator, undefined)
    equal(error({ KEY: KEY.slice(1) }), 'KEY: expected 32 hex digits, got 31 characters')
    const wrong = `${KEY.slice(1)}g`
    equal(error({ KEY: wrong }), 'KEY: expected 32 hex digits, got other characters among them')
  })

  it('know the keys that everybody knows', () => {
    for (const key of [KEY, '2b7e151628aed2a6abf7158809cf4f3c', '0'.repeat(32)])
      ok(isExampleKey(flags({ KEY: key }).key!))
    ok(!isExampleKey(flags({ KEY: `${KEY.slice(0, -1)}e` }).key!))
  })

  it('give the set-up network a password that WPA takes', () => {
    equal(flags({}).setUpPassword, undefined)
    equal(flags({ SETUP_PASSWORD: 'eight ch' }).setUpPassword, 'eight ch')
    for (const SETUP_PASSWORD of ['', 'seven c', 'x'.repeat(64), 'æøåæøåæøå'])
      equal(error({ KEY, SETUP_PASSWORD }), 'SETUP_PASSWORD: expected 8 to 63 characters of ASCII')
  })

  it('are refused when they contradict each other', () => {
    equal(error({ KEY, EN61107: '1', IMPULSE: '1' }), 'EN61107=1 and IMPULSE=1: only one of the two can be')
    ok(error({ KEY, IMPULSE: '1', DEBUG_NO_METER: '1' }))
    ok(error({ KEY, MC_66B: '1', EN61107: '0' }))
    equal(error({ KEY, CONCENTRATOR: 'VW1871-25' }), 'CONCENTRATOR: needs BLE=1 or FLOWIQ=1')
  })

  it('name record headers of radio meters, for builds with BLE', () => {
    const { radioHeaders } = flags({ BLE: '1', RADIO_HEADERS: '02FF200413, 0413?' })
    deepEqual(
      radioHeaders.map(({ hex, isGuess }) => [hex, isGuess]),
      [
        ['02ff200413', false],
        ['0413', true],
      ],
    )
    equal(error({ KEY, RADIO_HEADERS: '0413' }), 'RADIO_HEADERS: needs BLE=1 or FLOWIQ=1')
    equal(
      error({ KEY, BLE: '1', RADIO_HEADERS: '0413,04' }),
      'RADIO_HEADERS: header 2: it does not end with a whole record header',
    )
  })

  it('name the radio meters and their keys, for builds with BLE', () => {
    const meters = `74493770:${KEY}, 12345678:${KEY.toUpperCase()}`
    const { ble, driver, waterMeters, concentrator } = flags({
      BLE: '1',
      WATER_METERS: meters,
      CONCENTRATOR: 'VW1871-25',
    })
    deepEqual([ble, driver.name, concentrator], [true, 'kmp', 'VW1871-25'])
    deepEqual(
      waterMeters.map(({ id }) => id),
      ['74493770', '12345678'],
    )
    deepEqual(waterMeters[0]!.key, waterMeters[1]!.key)
    const flowiq = flags({ FLOWIQ: '1' })
    deepEqual([flowiq.ble, flowiq.driver.name, flowiq.flowMeter, flowiq.model], [true, 'flowiq', true, 'FLOWIQ'])
    equal(error({ KEY, WATER_METERS: meters }), 'WATER_METERS: needs BLE=1 or FLOWIQ=1')
    equal(error({ KEY, FLOWIQ: '1', BLE: '0' }), 'FLOWIQ=1 and BLE=0: a FlowIQ is read over BLE')
    equal(
      error({ KEY, BLE: '1', WATER_METERS: `12345678:${KEY}00` }),
      'WATER_METERS: meter 12345678: expected a key of 32 hex digits, got 34 characters',
    )
    equal(
      error({ KEY, BLE: '1', WATER_METERS: KEY }),
      'WATER_METERS: meter 1: expected an id of 8 digits, a colon and a key of 32 hex digits',
    )
    equal(error({ KEY, BLE: '1', WATER_METERS: `${meters},${meters}` }), 'WATER_METERS: meter 74493770 is there twice')
    equal(error({ KEY, BLE: '1', CONCENTRATOR: '' }), 'CONCENTRATOR: expected how its name begins, got nothing')
  })

  it('name the broker that is called until the settings name another', () => {
    const fingerprint = 'AB'.repeat(32)
    const broker = (options: Record<string, string>) => flags(options).broker
    equal(broker({}), undefined)
    deepEqual(broker({ MQTT_BROKER: 'mqtt://mine.example.org' }), {
      mqttHost: 'mine.example.org',
      mqttPort: 1883,
      mqttCertificate: '',
    })
    deepEqual(broker({ TLS: '1', MQTT_BROKER: 'mqtts://mine.example.org', MQTT_CERTIFICATE: fingerprint }), {
      mqttHost: 'mine.example.org',
      mqttPort: 8883,
      mqttCertificate: fingerprint.toLowerCase(),
    })
    equal(broker({ TLS: '1', MQTT_BROKER: 'mqtts://h:1', MQTT_CERTIFICATE: fingerprint })?.mqttPort, 1)
    for (const [options, reason] of [
      ...[
        { MQTT_BROKER: 'mine' },
        { MQTT_BROKER: ' mqtt://mine.example.org' },
        { MQTT_BROKER: 'MQTT://a' },
        { MQTT_BROKER: 'mqttss://a' },
        { MQTT_BROKER: 'mqtt:/a' },
        { MQTT_BROKER: '' },
        { MQTT_CERTIFICATE: fingerprint },
      ].map((wrong) => [wrong, 'MQTT_BROKER: expected mqtt://host[:port] or mqtts://host[:port]'] as const),
      [{ MQTT_BROKER: 'mqtt://' }, 'MQTT_BROKER: host: missing'],
      [{ MQTT_BROKER: 'mqtt://😀' }, 'MQTT_BROKER: host: "😀" is no part of a name'],
      [{ MQTT_BROKER: 'mqtt://mine.example.org\n' }, 'MQTT_BROKER: host: "org\n" is no part of a name'],
      [{ MQTT_BROKER: 'mqtt://a..b' }, 'MQTT_BROKER: host: "" is no part of a name'],
      [{ MQTT_BROKER: 'mqtts://h', MQTT_CERTIFICATE: fingerprint }, 'MQTT_BROKER: mqtts:// needs TLS=1'],
      ...[
        { MQTT_BROKER: 'mqtts://h' },
        { MQTT_BROKER: 'mqtts://h', MQTT_CERTIFICATE: 'none' },
        { MQTT_BROKER: 'mqtt://h', MQTT_CERTIFICATE: fingerprint },
      ].map(
        (wrong) => [wrong, 'MQTT_CERTIFICATE: expected 64 hex digits with mqtts://, and nothing with mqtt://'] as const,
      ),
    ] as const)
      equal(error({ KEY, TLS: reason.includes('TLS=1') ? '0' : '1', ...options }), reason)
  })

  it('are refused when a name or a value is unknown', () => {
    match(
      error({ KEY, IMPULS: '1' }),
      /^IMPULS: not a build option; there are KEY, SERIAL, SETUP_PASSWORD, UPDATE_KEY, MQTT_BROKER, MQTT_CERTIFICATE, WATER_METERS, RADIO_HEADERS, CONCENTRATOR, DEBUG,/,
    )
    const [, known] = error({ KEY, IMPULS: '1' }).split('there are ')
    for (const name of known!.split(', ')) match(name, /^[A-Z][A-Z0-9_]+$/)
    equal(error({ KEY, DEBUG: 'yes' }), 'DEBUG: expected 0 or 1, got "yes"')
    for (const serial of ['12a', '', '1234567890123', '12\n', '１２', '-1'])
      equal(error({ KEY, SERIAL: serial }), `SERIAL: expected 1 to 12 digits, got "${serial}"`)
    equal(flags({ SERIAL: '123456789012' }).serial, '123456789012')
  })

  it('stand beside what else a build hands over in lower case', () => {
    equal(flags({ uart: { port: 2 } }).driver.name, 'kmp')
  })
})

describe('the model in the version text', () => {
  it('has the words the server looks for', () => {
    equal(modelText(flags({})), 'KMP-THERMO_NC-DEBUG_STACK_TRACE')
    equal(
      modelText(flags({ EN61107: '1', FLOW_METER: '1', THERMO_NO: '1', AUTO_CLOSE: '0', NO_CRON: '1' })),
      'MC-FLOW-THERMO_NO-NO_AUTO_CLOSE-DEBUG_STACK_TRACE-NO_CRON',
    )
    equal(modelText(flags({ IMPULSE: '1', DEBUG_STACK_TRACE: '0' })), 'IMPULSE')
    const both = { IMPULSE: '1', IMPULSE_DEV_BOARD: '1', DEBUG_STACK_TRACE: '0' }
    equal(modelText(flags(both)), 'IMPULSE')
  })
})

describe('every combination of build options', () => {
  const NAMES = [
    'EN61107',
    'MC_66B',
    'IMPULSE',
    'IMPULSE_DEV_BOARD',
    'FLOWIQ',
    'BLE',
    'DEBUG_NO_METER',
    'FLOW_METER',
    'AUTO_CLOSE',
    'NO_CRON',
    'THERMO_NO',
    'THERMO_ON_AC_2',
    'LED_ON_AC',
    'AC_TEST',
    'DEBUG_STACK_TRACE',
  ] as const

  it('is read as the table in docs/build-options.md says, or refused with its reason', () => {
    let accepted = 0
    for (let bits = 0; bits < 1 << NAMES.length; bits++) {
      const on = (name: (typeof NAMES)[number]) => ((bits >> NAMES.indexOf(name)) & 1) === 1
      const result = parseFlags({ KEY, ...Object.fromEntries(NAMES.map((name) => [name, on(name) ? '1' : '0'])) })
      const en = on('EN61107') || on('MC_66B')
      const impulse = on('IMPULSE') || on('IMPULSE_DEV_BOARD')
      const contradiction =
        (on('FLOWIQ') && (en || impulse || on('DEBUG_NO_METER') || !on('BLE'))) ||
        (en && impulse) ||
        (on('IMPULSE') && on('DEBUG_NO_METER')) ||
        (on('MC_66B') && !on('EN61107'))
      equal(result.ok, !contradiction, JSON.stringify(result))
      if (!result.ok) {
        match(result.error, /^[A-Z_0-9]+=1 and [A-Z_0-9]+=[01]: /)
        continue
      }
      accepted++
      const { value } = result
      const meter = on('DEBUG_NO_METER')
        ? 'none'
        : on('MC_66B')
          ? 'mc66b'
          : on('EN61107')
            ? 'mc66c'
            : impulse
              ? `impulse${on('IMPULSE_DEV_BOARD') ? '-dev-board' : ''}`
              : on('FLOWIQ')
                ? 'flowiq'
                : 'kmp'
      equal(value.driver.name, meter)
      equal(value.flowMeter, on('FLOW_METER') || on('FLOWIQ'))
      equal(value.ble, on('BLE'))
      equal(value.autoClose, on('AUTO_CLOSE'))
      equal(value.cron, !on('NO_CRON'))
      equal(value.thermoNormallyOpen, on('THERMO_NO'))
      equal(value.thermoOnAc2, on('THERMO_ON_AC_2'))
      equal(value.ledOnAc, on('LED_ON_AC') || on('AC_TEST'))
      equal(value.acTest, on('AC_TEST'))
      equal(value.stackTrace, on('DEBUG_STACK_TRACE'))
    }
    ok(accepted > 1000)
  })

  it('has the first word of its model as the original', () => {
    const builds: Record<string, string>[] = [
      {},
      { EN61107: '1' },
      { MC_66B: '1' },
      { IMPULSE: '1' },
      { IMPULSE_DEV_BOARD: '1' },
      { DEBUG_NO_METER: '1' },
      { DEBUG_NO_METER: '1', EN61107: '1' },
      { FLOWIQ: '1' },
    ]
    deepEqual(
      builds.map((options) => flags(options).model),
      ['KMP', 'MC', 'MC_B', 'IMPULSE', 'IMPULSE_DEV_BOARD', 'NO_METER', 'MC', 'FLOWIQ'],
    )
  })
})
