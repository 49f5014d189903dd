// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commandLine } from '../support/cli.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGES = ['one-meter', 'flowiq-owner', 'fleet', 'from-esp8266', 'running'].map((name) => `docs/${name}.md`)
const GROUPS = ['fleet', 'image', 'kmp', 'en61107', 'update', 'vw1871', 'wmbus']

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(read('package.json'))

/** The lines of the blocks that somebody types, also of blocks within lists. */
function typed(page: string): readonly string[] {
  return [...read(page).matchAll(/^( *)```sh\n(.*?)^ *```/gms)].flatMap((block) =>
    block[2]!.split('\n').map((line) => line.trim()),
  )
}

/** What stands behind `meterlogger` in a line, word by word; a pipe ends it. */
function commandsIn(line: string): readonly (readonly string[])[] {
  return line.split(/ [|&]+ /).flatMap((part) => {
    const found = /(?:^|[ =])npx meterlogger (.*)$/.exec(part)
    if (found !== null) return [found[1]!.split(' ')]
    const start = /\bnpm start(?: -- (.*))?$/.exec(part)
    return start === null ? [] : [['twin', ...(start[1]?.split(' ') ?? [])]]
  })
}

/** The anchor that a heading gets. */
function anchors(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
}

describe('the pages for users', () => {
  const { meterlogger } = commandLine()

  it('show commands with options that there are', async () => {
    const help = new Map<string, string>()
    const commands = PAGES.flatMap(typed).flatMap(commandsIn)
    ok(commands.length > 20)
    for (const words of commands) {
      const name = words.slice(0, GROUPS.includes(words[0]!) ? 2 : 1)
      const key = name.join(' ')
      if (!help.has(key)) {
        const { code, out } = await meterlogger([...name, '--help'])
        equal(code, 0, key)
        help.set(key, out)
      }
      for (const option of words.filter((word) => word.startsWith('--')))
        ok(help.get(key)!.includes(` ${option.split('=')[0]} `), `${key} ${option}`)
    }
  })

  it('call scripts and name files that there are', () => {
    const lines = PAGES.flatMap(typed).filter((line) => !line.startsWith('sudo apt '))
    const names = [...lines.join('\n').matchAll(/\bnpm (?:run )?([\w:]+)/g)].map((found) => found[1]!)
    deepEqual(
      names.filter((name) => !(name in scripts) && name !== 'ci'),
      [],
    )
    const files = PAGES.flatMap((page) => read(page).match(/\b(?:packaging|hosttest|docs)\/[\w./-]*\w/g) ?? [])
    ok(files.length > 10)
    deepEqual(
      files.filter((file) => !existsSync(join(ROOT, file))),
      [],
    )
  })

  for (const page of [...PAGES, 'README.md'])
    it(`${page} links to what there is`, () => {
      const text = read(page)
      const wrong: string[] = []
      for (const [, target] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
        const [file = '', anchor] = target!.split('#')
        const path = file === '' ? page : normalize(join(dirname(page), file))
        if (!existsSync(join(ROOT, path))) wrong.push(target!)
        else if (anchor !== undefined && !anchors(read(path)).includes(anchor)) wrong.push(target!)
      }
      deepEqual(wrong, [])
    })
})
