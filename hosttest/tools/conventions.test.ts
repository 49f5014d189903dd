import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commandLine, KEY } from '../support/cli.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SEAL = ['seal', 'hej', '--topic', 't', '--key', KEY]

describe('every command', () => {
  const { children, start, meterlogger } = commandLine()

  it('tells its version as package.json has it', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    deepEqual(await meterlogger(['--version']), { code: 0, out: `${version}\n`, err: '' })
  })

  it('says wrong usage in one form, in a few lines, and without a stack trace', async () => {
    for (const args of [
      ['nonsense'],
      ['--nonsense'],
      ['seal', 'x'],
      ['seal', '--nonsense'],
      ['fleet', 'nonsense'],
      ['fleet', 'keys', '--count', 'x'],
      ['twin', '--meter', 'gas'],
      ['twin', '--speed'],
      ['kem', 'a', 'b'],
      ['kem', '/nowhere', '--password', 'x'],
      ['send', 'opne', '--broker', 'mqtt://x', '--serial', '1', '--key', KEY],
      ['wmbus', 'decode', '--id', 'x', '--key', KEY, '00'],
    ]) {
      const { code, out, err } = await meterlogger(args)
      deepEqual([code, out], [2, ''], args.join(' '))
      match(err, /^meterlogger: /, args.join(' '))
      ok(err.split('\n').length <= 7, err)
      ok(!/^ +at /m.test(err), err)
    }
  })

  it('ends silently when nobody reads its answer', async () => {
    for (const args of [['--help'], ['twin', '--help'], SEAL, ['kmp', 'decode', '403f0200692d32cd5d0d']]) {
      const child = start(...args)
      child.stdout.destroy()
      let err = ''
      child.stderr.on('data', (data) => (err += data))
      child.stdin.end()
      equal(await new Promise((resolve) => child.once('close', resolve)), 0, `${args.join(' ')}: ${err}`)
      equal(err, '')
    }
  })

  it('gives its answer when nobody reads what it says beside it', async () => {
    const child = start('kmp', 'decode', '4041')
    child.stderr.destroy()
    child.stdin.end()
    let out = ''
    child.stdout.on('data', (data) => (out += data))
    equal(await new Promise((resolve) => child.once('close', resolve)), 1)
    match(out, /^\{"result":"/)
  })

  it('marks the options that it needs, and shows no default that is nothing', async () => {
    const help = (await meterlogger(['send', '--help'])).out.replace(/\s+/g, ' ')
    match(help, /--broker <url> [^<]*\(required\)/)
    match(help, /--serial <n> [^<]*\(required\)/)
    ok(!/--wait <seconds> [^<]*\(required\)/.test(help))
    const twin = (await meterlogger(['twin', '--help'])).out.replace(/\s+/g, ' ')
    ok(!/default: (\{|\[|"")/.test(twin), twin)
  })

  it('shows examples of itself whose options there are', async () => {
    const names = [
      'twin',
      'seal',
      'open',
      'send',
      'listen',
      'kmp decode',
      'wmbus decode',
      'wmbus analyze',
      'doctor',
      'kem',
    ]
    for (const name of names) {
      const { out } = await meterlogger([...name.split(' '), '--help'])
      const [help, examples] = out.split('Examples:\n')
      const lines = examples!.split('\n').filter((line) => line.startsWith('  meterlogger '))
      ok(lines.length > 0, name)
      for (const line of lines) {
        ok(line.startsWith(`  meterlogger ${name}`), line)
        for (const [option] of line.matchAll(/--[\w-]+/g)) ok(help!.includes(`  ${option} `), line)
      }
      for (const [, option] of help!.replace(/\n {10,}/g, ' ').matchAll(/(--[\w-]+).*\(required\)/g))
        for (const line of lines) ok(line.includes(option!), line)
    }
  })

  it('says durations as one types them', async () => {
    for (const name of ['fleet status', 'bridge', 'fleet send', 'update push']) {
      const { out } = await meterlogger([...name.split(' '), '--help'])
      match(out.replace(/\s+/g, ' '), /default: \d+[smh]\)/, name)
      ok(!/default: \d{5,}/.test(out), out)
    }
  })

  it('has a set-up helper that says how it is used', async () => {
    const script = (...args: string[]) =>
      new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
        const child = children.node(['--import', 'tsx', join(ROOT, 'tools/wifisetup.ts'), ...args], {
          PATH: process.env.PATH,
        })
        let out = ''
        let err = ''
        child.stdout.on('data', (data) => (out += data))
        child.stderr.on('data', (data) => (err += data))
        child.once('close', (code) => resolve({ code, out, err }))
      })
    const { code, out, err } = await script('--help')
    deepEqual([code, err], [0, ''])
    match(out, /Usage: npm run wifisetup -- .*--twin/s)
    const wrong = await script('KEY')
    deepEqual(wrong, { code: 2, out: '', err: 'expected NAME=VALUE, got "KEY"\n' })
  })
})
