// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { existsSync, readFileSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { partOf, pathsOf } from '../mutation/parts.js'
import { Children } from '../support/children.js'
import { Lines } from '../support/lines.js'
import { parts } from '../support/parts.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

/** The commands in blocks and sentences of a document, without their remarks. */
function commandsOf(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8')
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gms)].flatMap((block) => block[1]!.trim().split('\n'))
  const sentences = [...text.replace(/^```.*?^```/gms, '').matchAll(/`((?:[A-Z]+=\w+ )?(?:npm|npx) [^`]+)`/g)]
  const all = [...blocks, ...sentences.map((found) => found[1]!)].map((line) => line.replace(/ +# .*/, ''))
  return [...new Set(all)].filter((command) => /\b(npm|npx) /.test(command))
}

describe('the commands in the documents', () => {
  const children = new Children()

  /** Runs a command in a shell, as a user would. */
  function type(command: string) {
    const child = children.program('/bin/sh', '-c', `cd '${ROOT}' && ${command}`)
    return { child, out: new Lines(child.stdout), err: new Lines(child.stderr) }
  }

  async function outputOf(command: string): Promise<{ code: number | null; out: string; err: string }> {
    const { child, out, err } = type(command)
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
    return { code, out: out.all.join('\n'), err: err.all.join('\n') }
  }

  for (const document of ['README.md', 'CONTRIBUTING.md', 'docs/testing.md']) {
    it(`of ${document} are scripts that there are`, () => {
      const names = commandsOf(document).flatMap((command) =>
        [...command.matchAll(/npm (?:run )?([\w:]+)/g)].map((found) => found[1]!),
      )
      ok(names.includes('test') && names.includes('test:fast') && names.includes('verify'))
      deepEqual(
        names.filter((name) => !(name in scripts) && !['ci', 'install', 'pack'].includes(name)),
        [],
      )
    })
  }

  const NAMING = ['README.md', 'CONTRIBUTING.md', 'docs/testing.md']
    .flatMap((document) => commandsOf(document).map((command) => ({ document, command })))
    .filter(({ command }) => command.includes('.test.ts') && !command.includes('test:watch'))

  it('name files that there are', () => {
    ok(NAMING.length > 5)
    for (const { document, command } of NAMING)
      ok(existsSync(join(ROOT, /hosttest\/\S+/.exec(command)![0])), `${document}: ${command}`)
  })

  for (const { part, name } of parts(NAMING.length)) {
    const { document, command } = NAMING[part]!
    it(`of ${document}: ${command}, runs the file and nothing else, ${name}`, async () => {
      const { code, out, err } = await outputOf(`${command} --dry-run --reporter json`)
      equal(code, 0, err)
      const { passes }: { passes: { file: string }[] } = JSON.parse(out.slice(out.indexOf('{')))
      const file = /hosttest\/\S+/.exec(command)![0]
      deepEqual([...new Set(passes.map((test) => test.file))], [join(ROOT, file)])
    })
  }

  it('name parts of what is verified that there are', async () => {
    const { code, err } = await outputOf('npm run verify -- nothing')
    equal(code, 2)
    const known = /expected some of (.*), got nothing/.exec(err)![1]!.split(', ')
    const named = commandsOf('docs/testing.md').flatMap(
      (command) => /npm run verify -- (.*)/.exec(command)?.[1]?.split(' ') ?? [],
    )
    ok(named.length > 0)
    deepEqual(
      named.filter((name) => !known.includes(name)),
      [],
    )
  })

  it('name parts of what is mutated that there are', () => {
    const named = commandsOf('docs/testing.md').flatMap(
      (command) => /npm run mutation (.*)/.exec(command)?.[1]?.split(' ') ?? [],
    )
    ok(named.length > 0)
    for (const name of named)
      deepEqual(
        pathsOf(partOf(name)!).mutate.filter((path) => !existsSync(join(ROOT, path))),
        [],
      )
  })

  it('npm run test:fast leaves out files that there are', () => {
    const slow: string[] = JSON.parse(readFileSync(join(ROOT, 'hosttest/slow.json'), 'utf8'))
    deepEqual(
      slow.filter((name) => !existsSync(join(ROOT, `hosttest/${name}.test.ts`))),
      [],
    )
  })

  it('npm run test:watch runs a file again when it has changed', async () => {
    const file = 'hosttest/delivery/outbox.test.ts'
    const { out } = type(`npm run test:watch -- ${file}`)
    await out.findAll(/ passing /, 1)
    const now = new Date()
    utimesSync(join(ROOT, file), now, now)
    await out.findAll(/ passing /, 2)
  })
})
