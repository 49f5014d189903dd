// node only
import { deepEqual, equal } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
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
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))

  for (const [heading, wanted] of [
    ['The tools and the twin', dependencies],
    ['Development', devDependencies],
  ] as const) {
    it(`names what package.json does, with its licence: ${heading}`, () => {
      const installed = Object.keys(wanted).map((name) => {
        const { license } = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'))
        return [`\`${name}\``, license]
      })
      deepEqual(
        rows(heading).map(([name, licence]) => [name, licence]),
        installed,
      )
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
