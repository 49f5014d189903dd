// node only
import { deepEqual, equal } from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const DOCUMENT = readFileSync(join(ROOT, 'docs/dependencies.md'), 'utf8')
const OWN = /^(app|codec|device|tls)\//

/** The rows of the table under a heading. */
function rows(heading: string): string[][] {
  const section = DOCUMENT.split(/^## /m).find((text) => text.startsWith(heading))!
  return [...section.matchAll(/^\| (`.+) \|$/gm)].map((row) => row[1]!.split(' | '))
}

describe('docs/dependencies.md', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(ROOT, 'package.json'), 'utf8'),
  )

  for (const [heading, wanted] of [
    ['The tools and the twin', dependencies],
    ['Bluetooth', optionalDependencies],
    ['Development', devDependencies],
  ] as const) {
    it(`names what package.json does, with its licence: ${heading}`, () => {
      const named = Object.keys(wanted)
      deepEqual(
        rows(heading).map(([name]) => name),
        named.map((name) => `\`${name}\``),
      )
      for (const [index, name] of named.entries()) {
        const path = join(ROOT, 'node_modules', name, 'package.json')
        // What is optional may not be there.
        if (wanted === optionalDependencies && !existsSync(path)) continue
        equal(rows(heading)[index]![1], JSON.parse(readFileSync(path, 'utf8')).license, name)
      }
      for (const [name, , why] of rows(heading)) equal((why ?? '') !== '', true, name)
    })
  }

  it('names the modules of the SDK that the firmware imports', () => {
    const files = ['main.ts', ...readdirSync(join(ROOT, 'modules/device')).map((name) => `modules/device/${name}`)]
    const imported = files
      .flatMap((file) => [...readFileSync(join(ROOT, file), 'utf8').matchAll(/ from '([a-z][^']*)'/g)])
      .map((found) => found[1]!)
      .filter((name) => !OWN.test(name))
    const named = rows('In the firmware').flatMap(([names]) =>
      [...names!.matchAll(/`([^`]+)`/g)].map((found) => found[1]!),
    )
    deepEqual(named.sort(), [...new Set(imported)].sort())
  })
})
