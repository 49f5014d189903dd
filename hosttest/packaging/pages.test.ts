// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { completionTree } from '../../tools/completion-tree.js'
import { wholeProgram } from '../../tools/main.js'
import { commandsIn, DOCUMENTS, document, typed } from '../support/documents.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PAGES = ['one-meter', 'flowiq-owner', 'fleet', 'from-esp8266', 'running', 'troubleshooting'].map(
  (name) => `docs/${name}.md`,
)

const { scripts }: { scripts: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
)

/** The anchor that a heading gets. */
function anchors(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  )
}

describe('the documents', () => {
  it('show commands that there are, with options that these have', async () => {
    const tree = completionTree(await wholeProgram())
    const wrong: string[] = []
    let count = 0
    for (const path of DOCUMENTS)
      for (const words of typed(path).flatMap(commandsIn)) {
        count++
        // The longest path of commands that the words begin with.
        const command = [2, 1, 0]
          .map((length) => words.slice(0, length).join(' '))
          .map((name) => tree.find((one) => one.path.join(' ') === name))
          .find((one) => one !== undefined)!
        const isWhole = command.path.length > 0 && command.commands.length === 0
        const known = ['--help', '--version', ...command.options.map(({ name }) => name)]
        const options = words.filter((word) => /^--\w/.test(word)).map((word) => word.split('=')[0]!)
        const isQuestion = words.includes('--help') || words.includes('--version')
        if (!(isWhole || isQuestion) || options.some((option) => !known.includes(option)))
          wrong.push(`${path}: ${words.join(' ')}`)
      }
    ok(count > 100)
    deepEqual(wrong, [])
  })

  it('call scripts that there are', () => {
    const wrong: string[] = []
    for (const path of DOCUMENTS)
      for (const line of typed(path).filter((one) => !one.startsWith('sudo apt ')))
        for (const [, name] of line.matchAll(/\bnpm (?:run )?([a-z][\w:]*)/g))
          if (!(name! in scripts) && !['ci', 'install', 'pack'].includes(name!)) wrong.push(`${path}: ${line}`)
    deepEqual(wrong, [])
  })

  for (const path of DOCUMENTS)
    it(`${path} links to what there is`, () => {
      const text = document(path).replaceAll(/^ *```.*?^ *```/gms, '')
      const wrong: string[] = []
      for (const [, target] of text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)) {
        const [file = '', anchor] = target!.split('#')
        const page = file === '' ? path : normalize(join(dirname(path), file))
        if (!existsSync(join(ROOT, page))) wrong.push(target!)
        else if (anchor !== undefined && !anchors(document(page)).includes(anchor)) wrong.push(target!)
      }
      deepEqual(wrong, [])
    })
})

describe('CONTRIBUTING', () => {
  it('names the packages that .ci/run installs', () => {
    const listed = (text: string, pattern: RegExp) => pattern.exec(text)![1]!.split(' ').sort()
    deepEqual(
      listed(document('CONTRIBUTING.md'), /^sudo apt install (.*)$/m),
      listed(document('.ci/run'), /^packages=\((.*)\)$/m),
    )
  })
})

describe('the pages for users', () => {
  it('name files that there are', () => {
    const files = PAGES.flatMap((page) => document(page).match(/\b(?:packaging|hosttest|docs)\/[\w./-]*\w/g) ?? [])
    ok(files.length > 10)
    equal(files.filter((file) => !existsSync(join(ROOT, file))).join(), '')
  })
})
