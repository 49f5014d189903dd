import { equal, match, ok } from 'node:assert/strict'
import { type Flags, parseFlags } from '../../modules/app/flags.js'
import { modelText } from '../../modules/app/version.js'

const KEY = 'ef500c9268cf749016d26d6cbfaaf7bf'

function flags(options: Record<string, unknown>): Flags {
  const result = parseFlags({ KEY, ...options })
  if (!result.ok) throw new Error(result.error)
  return result.value
}

function error(options: Record<string, unknown>): string {
  const result = parseFlags(options)
  return result.ok ? '' : result.error
}

describe('the build options', () => {
  it('have the defaults of the original', () => {
    const { meter, serial, autoClose, stackTrace, cron, debug, flowMeter, thermoNormallyOpen } = flags({})
    equal(
      JSON.stringify({ meter, serial, autoClose, stackTrace, cron, debug, flowMeter, thermoNormallyOpen }),
      '{"meter":"kmp","serial":"9999999","autoClose":true,"stackTrace":true,"cron":true,"debug":false,"flowMeter":false,"thermoNormallyOpen":false}',
    )
  })

  it('choose the meter', () => {
    equal(flags({ EN61107: '1' }).meter, 'mc66c')
    equal(flags({ MC_66B: '1' }).meter, 'mc66b')
    equal(flags({ IMPULSE: '1' }).meter, 'impulse')
    equal(flags({ DEBUG_NO_METER: '1' }).meter, 'none')
  })

  it('want a key of 32 hex digits, and never repeat it', () => {
    equal(error({}), 'KEY: missing; expected 32 hex digits')
    equal(error({ KEY: KEY.slice(1) }), 'KEY: expected 32 hex digits, got 31 characters')
    const wrong = `${KEY.slice(1)}g`
    equal(error({ KEY: wrong }), 'KEY: expected 32 hex digits, got other characters among them')
  })

  it('are refused when they contradict each other', () => {
    equal(error({ KEY, EN61107: '1', IMPULSE: '1' }), 'EN61107=1 and IMPULSE=1: only one of the two can be')
    ok(error({ KEY, IMPULSE: '1', DEBUG_NO_METER: '1' }))
    ok(error({ KEY, MC_66B: '1', EN61107: '0' }))
  })

  it('are refused when a name or a value is unknown', () => {
    match(error({ KEY, IMPULS: '1' }), /^IMPULS: not a build option; there are KEY, SERIAL, DEBUG,/)
    equal(error({ KEY, DEBUG: 'yes' }), 'DEBUG: expected 0 or 1, got "yes"')
    equal(error({ KEY, SERIAL: '12a' }), 'SERIAL: expected 1 to 12 digits, got "12a"')
  })

  it('stand beside what else a build hands over in lower case', () => {
    equal(flags({ uart: { port: 2 } }).meter, 'kmp')
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
  })
})
