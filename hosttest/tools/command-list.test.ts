// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseFlags } from '../../modules/app/flags.js'
import { COMMAND_NAMES, checkedCommand, commandNamesOf, commandsText, replyOf } from '../../tools/commands.js'
import { testTwin } from '../../twin/virtual.js'
import { UPDATE_KEY } from '../support/update.js'

/** A parameter that the firmware takes, of every command that takes one. */
const GOOD: Readonly<Record<string, string>> = {
  set_ssid: 'twin',
  set_pwd: 'simulated',
  set_ssid_pwd: 'ssid=twin&pwd=simulated',
  set_fallback_ssid_pwd: 'ssid=far&pwd=away',
  set_ap_mesh_pwd: 'mesh-password',
  set_mqtt: 'user=somebody',
  update: 'version=0.2.0&url=http://updates:8000/meterlogger',
  set_radio_headers: '0413,02ff200259?',
  open_until: '1200.5',
  open_until_delta: '+10',
  set_cron: 'minute=0&hour=3&command=close',
}

/** Parameters that change nothing in the firmware, or something else than they say. */
const BAD: Readonly<Record<string, readonly string[]>> = {
  set_ssid: ['', 'x'.repeat(33), 'æ'.repeat(17)],
  set_pwd: ['x'.repeat(65)],
  set_ssid_pwd: ['', 'twin', 'name=twin', `ssid=${'x'.repeat(33)}&pwd=y`],
  set_fallback_ssid_pwd: ['', 'pwd=away', `ssid=far&pwd=${'x'.repeat(65)}`],
  set_ap_mesh_pwd: ['short', 'æøåæøåæøå', 'x'.repeat(64)],
  set_mqtt: ['', '1', 'host=a b', 'port=0', 'port=65536', 'pass=x', `user=${'x'.repeat(65)}`],
  update: [
    '',
    '1',
    'version=0.2.0',
    'url=http://updates/a',
    'version=0.2.0&url=https://updates/a',
    'version=0.2.0&url=ftp://updates/a',
    'version=0.2.0&url=http://updates/a&force=yes',
    'version=0.2.0&url=http://updates/a&when=now',
  ],
  set_radio_headers: ['1', '04', '0413,', '0413,0413?', '0413??', '0413'.repeat(76)],
  open_until: ['', '-1', 'much', '1e3', '1,5', '0x10'],
  open_until_delta: ['', '-1', 'much'],
  set_cron: ['', 'command=', 'command=ping', 'minute=60&command=open', 'minute=0', 'hour=3&hour=4&command=open'],
}

/** What a parameter changes, with the answer's words: a cut text is stored, but it is another one. */
const CUT = ['set_ssid', 'set_pwd', 'set_ssid_pwd', 'set_fallback_ssid_pwd']

describe('a command that is not there', () => {
  it('is answered by the one that was meant, else by all that there are', () => {
    for (const [typed, meant] of [
      ['pingg', 'ping'],
      ['Ping', 'ping'],
      ['opne', 'open'],
      ['open_untli', 'open_until'],
      ['set_sid', 'set_ssid'],
      ['vresion', 'version'],
    ] as const)
      deepEqual(checkedCommand(typed, undefined), { problem: `${typed}: not a command; did you mean ${meant}?` })
    for (const typed of ['', 'x', 'reboot', 'constructor'])
      deepEqual(checkedCommand(typed, undefined), {
        problem: `${typed}: not a command; there are ${COMMAND_NAMES.join(', ')}`,
      })
  })

  it('is another thing than one of another build', () => {
    const flags = parseFlags({ KEY: '00'.repeat(16), SERIAL: '1' })
    ok(flags.ok)
    const names = commandNamesOf(flags.value)
    deepEqual(
      ['save', 'open', 'set_cron'].map((name) => names.includes(name)),
      [false, true, true],
    )
    deepEqual(checkedCommand('save', undefined, names), {
      problem: 'save: this device does not have that command; another build of the firmware has it',
    })
  })
})

describe('the commands that send knows', () => {
  it('are those of the firmware, by name and by reply', async () => {
    const answered = new Set<string>()
    const known = new Set<string>()
    const builds: Record<string, string>[] = [{ BLE: '1' }, { IMPULSE: '1' }]
    for (const flags of builds) {
      const { clock, online, ask, twin, log } = testTwin(flags)
      await online()
      await clock.run(120_000)
      for (const name of [...COMMAND_NAMES.filter((one) => one !== 'restart'), 'restart']) {
        const payload = GOOD[name] ?? '1'
        const { length } = log
        const replies = await ask(name, payload, 4_000)
        const { name: reply } = replyOf(name)
        if (!log.slice(length).some((line) => line.includes('unknown in this build'))) known.add(name)
        if (replies.some((text) => text.split(' ')[0] === (reply ?? name))) answered.add(name)
      }
      twin.close()
    }
    deepEqual([...known].sort(), [...COMMAND_NAMES].sort())
    deepEqual([...answered].sort(), COMMAND_NAMES.filter((name) => replyOf(name).name !== undefined).sort())
  })

  it('ask for what came of it where a command is not answered', async () => {
    const { clock, online, ask } = testTwin()
    await online()
    await clock.run(120_000)
    for (const [name, expected] of [
      ['open', 'status open'],
      ['close', 'status close'],
    ] as const) {
      await ask(name)
      deepEqual(await ask(replyOf(name).check!), [expected])
    }
  })

  it('have a parameter where the firmware takes one, and what the firmware would not take is refused', async () => {
    const { clock, online, ask, twin } = testTwin({ UPDATE_KEY, BLE: '1' })
    await online()
    await clock.run(120_000)
    for (const name of COMMAND_NAMES) {
      const takes = 'problem' in checkedCommand(name, undefined)
      equal(takes, name in GOOD, name)
      if (!takes) deepEqual(checkedCommand(name, undefined), { payload: '1' })
    }
    for (const [name, payload] of Object.entries(GOOD)) {
      deepEqual(checkedCommand(name, payload), { payload }, name)
      const before = JSON.stringify(twin.settings)
      const replies = await ask(name, payload, 4_000)
      ok(!replies.some((text) => text.includes('refused')), `${name}: ${replies}`)
      // These settings are so already, and an update shows in none.
      if (!['set_ssid', 'set_pwd', 'set_ssid_pwd', 'update'].includes(name))
        ok(JSON.stringify(twin.settings) !== before, name)
    }
    for (const [name, payloads] of Object.entries(BAD))
      for (const payload of payloads) {
        ok('problem' in checkedCommand(name, payload), `${name} ${payload}`)
        const before = twin.settings
        const replies = await ask(name, payload, 4_000)
        if (name === 'update')
          ok(replies.every((text) => text.includes('state=refused')) && replies.length > 0, payload)
        const isKept = JSON.stringify({ ...twin.settings, total: 0 }) === JSON.stringify({ ...before, total: 0 })
        ok(isKept || (CUT.includes(name) && !replies.includes(`${name} ${payload}`)), `${name} ${payload}: ${replies}`)
      }
  })

  it('are refused by any other name, those of objects too', () => {
    for (const name of ['', 'opne', 'Open', 'constructor', '__proto__', 'toString'])
      ok('problem' in checkedCommand(name, '1'), name)
  })

  it('that not every build has are marked in the list of all, and not in that of a build', () => {
    const marked = commandsText().split('\n')
    for (const [name, builds] of [
      ['save', 'impulse builds'],
      ['radio_headers', 'builds with radio meters'],
      ['stack_trace', 'builds with DEBUG_STACK_TRACE'],
      ['open', 'not in impulse builds'],
      ['cron', 'not in impulse builds, not with NO_CRON'],
    ] as const)
      ok(marked.includes(`  ${name.padEnd(22)} (${builds})`), name)
    ok(marked.some((line) => /^ {2}set_radio_headers +record .* \(builds with radio meters\)$/.test(line)))
    ok(marked.includes('  ping'))
    ok(commandsText(['save', 'ping']).endsWith('\n  save\n  ping'))
  })

  it('stand in the help and in the documents', () => {
    const text = readFileSync(fileURLToPath(new URL('../../docs/commands.md', import.meta.url)), 'utf8')
    const rows = text.split('\n').filter((line) => line.startsWith('| `'))
    const documented = rows.flatMap((line) => [...line.split('|')[1]!.matchAll(/`(\w+)`/g)].map((found) => found[1]!))
    deepEqual(documented.sort(), [...COMMAND_NAMES].sort())
    for (const name of COMMAND_NAMES) ok(commandsText().includes(`\n  ${name}`), name)
  })
})
