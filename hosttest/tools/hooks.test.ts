// node only
import { deepEqual, equal, match } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('the hook before a commit', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'meterlogger-hook-'))
    cpSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'))
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
    writeFileSync(join(folder, 'package.json'), '{ "scripts": { "typecheck": "echo types >&2; exit 3" } }')
    git('init', '-q')
  })

  afterEach(() => rmSync(folder, { recursive: true }))

  function git(...args: string[]) {
    const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder, encoding: 'utf8' })
    return { status, output: stdout + stderr }
  }

  function commit(name: string, text: string) {
    writeFileSync(join(folder, name), text)
    git('add', name)
    const hooks = join(ROOT, '.githooks')
    return git(
      '-c',
      `core.hooksPath=${hooks}`,
      '-c',
      'user.name=t',
      '-c',
      'user.email=t@example.org',
      'commit',
      '-m',
      'x',
    )
  }

  it('refuses a staged file that biome would write otherwise, and does not ask for its types', () => {
    const { status, output } = commit('a.ts', 'export const A = "a";\n')
    equal(status, 1)
    match(output, /a\.ts format/)
    equal(output.includes('types\n'), false)
  })

  it('refuses types that are wrong', () => {
    const { status, output } = commit('a.ts', "export const A = 'a'\n")
    deepEqual([status, output.includes('types\n')], [1, true])
  })

  it('looks at staged files only, and at the types only for code', () => {
    writeFileSync(join(folder, 'b.ts'), 'export const B = "b";\n')
    deepEqual([commit('a b.md', '# A\n').status, commit('a b.md', '# B\n').status], [0, 0])
  })
})
