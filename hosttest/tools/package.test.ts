// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { wholeProgram } from '../../tools/main.js'
import { manPage } from '../../tools/man-page.js'
import { commandLine } from '../support/cli.js'
import { needs } from '../support/needs.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const NPM = { cwd: ROOT, encoding: 'utf8', shell: process.platform === 'win32' } as const

/** A folder of the test's own. */
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'meterlogger-package-'))
  after(() => rmSync(made, { recursive: true }))
  return made
}

function run(script: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' })
  return [status, stdout, stderr]
}

describe('the package that npm pack makes', () => {
  let files: readonly string[] = []

  before(() => {
    deepEqual(run(join(ROOT, 'tools/prepare.js')), [0, '', ''])
    const { stdout, stderr, status } = spawnSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], NPM)
    equal(status, 0, stderr)
    files = JSON.parse(stdout)[0].files.map(({ path }: { path: string }) => path)
  })

  it('has the bundle, its pages and the words for users, and nothing else', () => {
    const isBundle = (path: string) => /^dist\/[\w-]+\.js$/.test(path)
    ok(files.filter(isBundle).length > 20)
    const others = [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/meterlogger.1',
      'package.json',
      'tools/meterlogger.js',
      ...readdirSync(join(ROOT, 'bridge/web/browser')).map((name) => `bridge/web/browser/${name}`),
    ]
    deepEqual(files.filter((path) => !isBundle(path)).sort(), others.sort())
  })

  it('runs without what it leaves out', () => {
    const home = folder()
    for (const path of files) {
      mkdirSync(dirname(join(home, path)), { recursive: true })
      cpSync(join(ROOT, path), join(home, path))
    }
    symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'), 'junction')
    const { version, dependencies } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
    const tool = join(home, 'tools/meterlogger.js')
    deepEqual(run(tool, '--version'), [0, `${version}\n`, ''])
    // It loads every command.
    equal(run(tool, 'completion', 'bash')[0], 0)
    // A line that is none: serialport's native part says so.
    const [status, , reason] = run(tool, 'doctor', '--uart', '/dev/null')
    equal(status, 1)
    match(String(reason), /^meterlogger: \/dev\/null is no serial line/)
    ok(!('tsx' in dependencies) && !('esbuild' in dependencies))
  })
})

describe('the bundle of a checkout', () => {
  it('is made anew when a source has changed, and says so where it cannot be', () => {
    const home = folder()
    const write = (path: string, text: string) => {
      mkdirSync(dirname(join(home, path)), { recursive: true })
      writeFileSync(join(home, path), text)
    }
    for (const name of ['meterlogger.js', 'renew.js', 'bundle.js'])
      cpSync(join(ROOT, 'tools', name), join(home, 'tools', name))
    for (const path of ['tools/man.ts', 'twin/bluetooth/main.ts']) write(path, '')
    write('package.json', '{"type":"module"}')
    const says = (word: string) => write('tools/main.ts', `export async function main() { console.log('${word}') }`)
    const tool = join(home, 'tools/meterlogger.js')

    says('first')
    const [status, out, err] = run(tool)
    deepEqual([status, out], [1, ''])
    match(String(err), /^meterlogger: .*npm ci.*\n$/)
    symlinkSync(join(ROOT, 'node_modules'), join(home, 'node_modules'), 'junction')
    deepEqual(run(tool), [0, 'first\n', ''])
    says('later')
    deepEqual(run(tool), [0, 'later\n', ''])
    deepEqual(run(tool), [0, 'later\n', ''])
    says('last of all')
    rmSync(join(home, 'node_modules'))
    const [code, old, warning] = run(tool)
    deepEqual([code, old], [0, 'later\n'])
    match(String(warning), /^meterlogger: dist\/ .*npm run prepare.*\n$/)
  })
})

describe('the manual page', () => {
  const { meterlogger } = commandLine()
  let page = ''

  before(async () => {
    page = manPage(await wholeProgram())
  })

  it('names every command and every option that --help names', async () => {
    const plain = page.replaceAll('\\-', '-')
    const paths = [...plain.matchAll(/^\.SS meterlogger ((?:[\w-]+ )+)\[/gm)].map((found) => found[1]!.trim())
    ok(paths.length > 30)
    const { out: all } = await meterlogger(['--help'])
    const commands = all.split('Commands:\n')[1]!.matchAll(/^ {2}([\w-]+)/gm)
    for (const [, name] of commands) ok(name === 'help' || paths.includes(name!), name)
    for (const path of ['twin', 'bridge', 'fleet send', 'wmbus analyze']) {
      const { out } = await meterlogger([...path.split(' '), '--help'])
      const [, section = ''] = plain.split(`.SS meterlogger ${path} `)
      for (const [, option] of out.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm))
        ok(section.split('\n.SS ')[0]!.includes(`${option}`), `${path} ${option}`)
    }
  })

  it('is what man takes', function () {
    needs(this, spawnSync('man', ['--version']).error === undefined ? undefined : 'man is not installed')
    const file = join(folder(), 'meterlogger.1')
    writeFileSync(file, page)
    const env = { ...process.env, MANWIDTH: '100', MANROFFOPT: '-ww' }
    const { status, stdout, stderr } = spawnSync('man', ['--warnings', '-l', file], { encoding: 'utf8', env })
    deepEqual([status, stderr], [0, ''])
    match(stdout, /^NAME\n +meterlogger +- /m)
    match(stdout, /^ +meterlogger seal --topic \/config\/v2\//m)
  })
})
