import { deepEqual, equal, ok } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commandLine } from '../support/cli.js'

const SHELLS = ['bash', 'zsh', 'fish'] as const

describe('meterlogger completion', () => {
  const { meterlogger } = commandLine()
  const scripts = new Map<string, string>()
  let folder = ''

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'meterlogger-completion-'))
    mkdirSync(join(folder, 'home of meters'))
    for (const shell of SHELLS) {
      const { code, out, err } = await meterlogger(['completion', shell])
      equal(code, 0, err)
      scripts.set(shell, out)
      writeFileSync(join(folder, `script.${shell}`), out)
    }
  })

  after(() => rmSync(folder, { recursive: true }))

  function has(shell: string): boolean {
    return spawnSync(shell, ['--version']).error === undefined
  }

  /** What a shell says to `line`, whose last word is not finished. */
  function run(shell: string, line: string): string[] {
    const { status, stdout, stderr } = spawnSync(shell, ['-c', line], { cwd: folder, encoding: 'utf8' })
    deepEqual([status, stderr], [0, ''])
    return stdout.split('\n').filter((word) => word !== '')
  }

  for (const shell of SHELLS)
    it(`prints what ${shell} understands`, function () {
      if (!has(shell)) this.skip()
      const { status, stderr } = spawnSync(shell, ['-n', join(folder, `script.${shell}`)], { encoding: 'utf8' })
      deepEqual([status, stderr], [0, ''])
    })

  const EXPECTED: readonly (readonly [string[], string[]])[] = [
    [['fle'], ['fleet']],
    [['fleet', 'se'], ['send']],
    [['fleet', 'send', '--par'], ['--parallel']],
    [['twin', '--me'], ['--meter']],
    [
      ['twin', '--meter', ''],
      ['kmp', 'flowiq', 'mc66c', 'mc66b', 'impulse', 'impulse-dev-board', 'none'],
    ],
    [
      ['twin', '--meter', 'mc'],
      ['mc66c', 'mc66b'],
    ],
    [
      ['send', 'open_u'],
      ['open_until', 'open_until_delta'],
    ],
    [['kem', 'home'], ['home of meters']],
    [['twin', '--state', 'home'], ['home of meters']],
    [['twin', '--count', ''], []],
  ]

  for (const [words, expected] of EXPECTED) {
    it(`bash completes meterlogger ${words.join(' ')}`, function () {
      if (!has('bash')) this.skip()
      const quoted = words.map((word) => `'${word}'`).join(' ')
      const line = `. ./script.bash; COMP_WORDS=(meterlogger ${quoted}); COMP_CWORD=${words.length}; _meterlogger; printf '%s\\n' "\${COMPREPLY[@]}"`
      deepEqual(run('bash', line).sort(), [...expected].sort())
    })

    it(`fish completes meterlogger ${words.join(' ')}`, function () {
      if (!has('fish')) this.skip()
      const line = `source script.fish; complete -C'meterlogger ${words.join(' ')}'`
      const found = run('fish', line).map((word) => word.split('\t')[0]!.replace(/\/$/, ''))
      deepEqual(found.sort(), [...expected].sort())
    })
  }

  it('knows each option of each command, in every shell', async () => {
    for (const name of ['twin', 'bridge', 'label', 'fleet send']) {
      const { out } = await meterlogger([...name.split(' '), '--help'])
      const options = [...out.matchAll(/^ +(?:-\w, )?--([\w-]+)/gm)].map((found) => found[1]!)
      ok(options.length > 2)
      for (const [shell, script] of scripts)
        for (const option of options)
          ok(script.includes(shell === 'fish' ? `-l ${option} ` : `--${option}`), `${shell}: ${name} --${option}`)
    }
  })

  it('refuses a shell that it does not know', async () => {
    const { code, err } = await meterlogger(['completion', 'tcsh'])
    equal(code, 2)
    ok(err.includes('bash, zsh, fish'), err)
  })
})
