// node only
import { deepEqual, ok } from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')

/** A test's name in the source: the quotes of strings and templates may be escaped there. */
function names(path: string): string {
  return [...read(path).matchAll(/\b(?:it|test)\(\s*(['"`])((?:\\.|(?!\1).)*)\1/gs)]
    .map((found) => found[2]!.replace(/\\(.)/g, '$1'))
    .join('\n')
}

describe('SECURITY.md', () => {
  const text = read('SECURITY.md')

  it('names tests that there are', () => {
    const wrong: string[] = []
    const files = new Set([...text.matchAll(/`([\w/-]+\.test\.ts)`/g)].map((found) => found[1]!))
    for (const file of files) if (!existsSync(join(ROOT, 'hosttest', file))) wrong.push(file)
    // A file, and one name or more: `file` "name", "name".
    for (const [, file, quoted] of text.matchAll(/`([\w/-]+\.test\.ts)`((?:,? "[^"\n]+")+)/g))
      for (const [, name] of quoted!.matchAll(/"([^"]+)"/g))
        if (!existsSync(join(ROOT, 'hosttest', file!)) || !names(`hosttest/${file}`).includes(name!))
          wrong.push(`${file}: ${name}`)
    deepEqual(wrong, [])
    ok(files.size > 30)
  })

  it('names a test for each claim', () => {
    const [, section] = /^## The tests that hold this\n([\s\S]*?)^## /m.exec(text)!
    const rows = section!
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(1)
    ok(rows.length > 20)
    deepEqual(
      rows.filter((row) => !/\.test\.ts` "/.test(row)),
      [],
    )
  })
})

function sdkconfig(): string[] {
  const folder = 'manifests/sdkconfig'
  return readdirSync(join(ROOT, folder)).flatMap((name) => read(join(folder, name)).split('\n'))
}

describe('a device with a serial console', () => {
  it('says there what a board without a key has to say, and dumps no memory', () => {
    const lines = sdkconfig()
    for (const line of ['CONSOLE_UART_DEFAULT=y', 'CONSOLE_NONE=n', 'COREDUMP_ENABLE_TO_NONE=y'])
      ok(lines.includes(`CONFIG_ESP_${line}`), line)
    ok(!lines.includes('CONFIG_ESP_COREDUMP_ENABLE_TO_UART=y'))
  })
})

describe('a device with an access point', () => {
  it('passes no packet from one network to another', () => {
    const lines = sdkconfig()
    ok(lines.includes('CONFIG_LWIP_IP_FORWARD=n'))
    deepEqual(
      lines.filter((line) => /^CONFIG_LWIP_(IP_FORWARD|IPV4_NAPT|IPV6_FORWARD)\w*=(?!n)/.test(line)),
      [],
    )
    const manifests = readdirSync(join(ROOT, 'manifests')).filter((name) => name.endsWith('.json'))
    for (const name of manifests) ok(!/napt/i.test(read(join('manifests', name))), name)
  })
})
