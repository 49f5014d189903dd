import { deepEqual, equal, notEqual } from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { generatedManifests } from '../tools/manifest.js'
import { NOT_MUTATED, PARTS, pathsOf } from './mutation/parts.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Every folder may import `codec` and `ports`. A folder with a `driver.ts` is a kind of meter: it may import these. */
const ARROWS_OF_DRIVERS = ['meters', 'storage']

/** What each folder may import beside that; `app` may import every kind of meter. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  app: ['control', 'delivery', 'led', 'meters', 'mqttcrypto', 'portal', 'storage', 'time', 'update', 'uplink'],
  ble: ['time'],
  control: ['delivery', 'led', 'meters', 'mqttcrypto', 'radio', 'storage', 'time', 'update', 'uplink'],
  delivery: ['mqttcrypto', 'time'],
  device: ['time', 'tls', 'uplink'],
  meters: ['storage'],
  mqttcrypto: ['storage', 'time'],
  portal: ['meters', 'radio', 'storage'],
  radio: ['ble', 'wmbus'],
  update: ['storage'],
  uplink: ['delivery', 'storage', 'time'],
}

/** A file has one idea; one of more lines has two. */
const MOST_LINES = 250

/** What decoders may import beside the firmware: packages that run in a browser. */
const FOR_BROWSERS = ['@zip.js/zip.js', 'sax']

/** Whether the folder may import that one. */
function mayImport(folder: string, to: string): boolean {
  const isDriver = (name: string) => name !== 'meters' && existsSync(join(ROOT, 'modules', name, 'driver.ts'))
  if ([folder, 'codec', 'ports', ...(ARROWS[folder] ?? [])].includes(to)) return true
  return isDriver(folder) ? ARROWS_OF_DRIVERS.includes(to) : folder === 'app' && isDriver(to)
}

function files(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name))
}

function imports(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return [...text.matchAll(/^(?:import|export)\s[^'"]*?from '([^']+)'|^import '([^']+)'/gm)].map(
    (found) => found[1] ?? found[2]!,
  )
}

describe('the layout of the firmware', () => {
  const modules = files('modules')

  it('has imports that only go where the design allows', () => {
    const wrong: string[] = []
    for (const file of modules) {
      const folder = file.split('/')[1]!
      for (const target of imports(file)) {
        if (!target.startsWith('.')) {
          if (folder !== 'device' || target.startsWith('node:')) wrong.push(`${file}: ${target}`)
          continue
        }
        const to = relative('modules', normalize(join(dirname(file), target))).split('/')[0]!
        if (!mayImport(folder, to)) wrong.push(`${file}: ${target}`)
      }
    }
    deepEqual(wrong, [])
  })

  it('has no circle of imports, not even of types', () => {
    const done = new Set<string>()
    const circles: string[] = []
    const follow = (file: string, path: readonly string[]) => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' > '))
      if (path.includes(file) || done.has(file)) return
      for (const target of imports(file).filter((name) => name.startsWith('.')))
        follow(normalize(join(dirname(file), target)).replace(/\.js$/, '.ts'), [...path, file])
      done.add(file)
    }
    for (const file of modules) follow(file, [])
    deepEqual(circles, [])
  })

  it('has no file above 250 lines', () => {
    const lines = (file: string) => readFileSync(join(ROOT, file), 'utf8').split('\n').length - 1
    const long = modules.filter((file) => lines(file) > MOST_LINES)
    deepEqual(long, [])
  })

  it('is in the manifests as `npm run manifest` writes them', () => {
    for (const [path, manifest] of Object.entries(generatedManifests()))
      deepEqual(JSON.parse(readFileSync(join(ROOT, path), 'utf8')), manifest, path)
  })

  it('is in the table of folders in the README', () => {
    const rows = readFileSync(join(ROOT, 'README.md'), 'utf8').match(/^\|.*$/gm)!
    const named = rows.flatMap((row) =>
      [...row.split('|')[1]!.matchAll(/`modules\/([^`]+)`/g)].map((found) => found[1]!),
    )
    deepEqual(named.sort(), readdirSync(join(ROOT, 'modules')).sort())
  })

  it('is mutated, folder by folder, or says why not', () => {
    const mutated = new Set(Object.values(PARTS).flatMap(({ mutate }) => mutate.map((path) => path.split('/')[0]!)))
    deepEqual([...mutated, ...Object.keys(NOT_MUTATED)].sort(), readdirSync(join(ROOT, 'modules')).sort())
    for (const part of Object.values(PARTS)) for (const paths of Object.values(pathsOf(part))) notEqual(paths.length, 0)
  })

  it('is without the decoders, which import no more than the firmware does, and no Node', () => {
    const target = (file: string, name: string) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name)
    const isAllowed = (name: string) =>
      /^(decoders|modules\/(codec|ports|ble|en61107|kmp|mqttcrypto|wmbus|radio|meters))\//.test(name) ||
      FOR_BROWSERS.includes(name)
    const importsOf = (name: string) => files(name).flatMap((file) => imports(file).map((to) => target(file, to)))
    deepEqual(
      importsOf('decoders').filter((name) => !isAllowed(name)),
      [],
    )
    deepEqual(
      importsOf('modules').filter((name) => name.startsWith('decoders')),
      [],
    )
  })

  it('is without the site, whose pages import no Node and no other tool than the table of commands', () => {
    const isAllowed = (name: string) =>
      /^(site|modules|decoders|twin|hosttest\/xs\/shim)\//.test(name) ||
      ['tools/commands.js', 'bridge/web/browser/line-chart.js', 'uplot'].includes(name)
    const target = (file: string, name: string) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name)
    const wrong = ['world', 'worker', 'page', 'tools']
      .flatMap((folder) => files(`site/${folder}`))
      .flatMap((file) => imports(file).map((name) => target(file, name)))
      .filter((name) => !isAllowed(name))
    deepEqual(wrong, [])
    const others = ['modules', 'decoders', 'twin', 'tools', 'bridge', 'soak'].flatMap(files)
    deepEqual(
      others.filter((file) => imports(file).some((name) => target(file, name).startsWith('site/'))),
      [],
    )
  })

  it('is without the page that flashes, which imports no Node, and no tool', () => {
    const target = (file: string, name: string) => (name.startsWith('.') ? normalize(join(dirname(file), name)) : name)
    const isAllowed = (name: string) =>
      /^(site\/(flash|page)|image|modules|decoders|twin)\//.test(name) ||
      ['esptool-js', '@noble/hashes/legacy.js', 'uqr'].includes(name)
    const wrong = [...files('site/flash'), ...files('image')]
      // Puts the page together.
      .filter((file) => file !== 'site/flash/file.ts')
      .flatMap((file) => imports(file).map((name) => target(file, name)))
      .filter((name) => !isAllowed(name))
    deepEqual(wrong, [])
  })

  /** Each use of one takes memory for good in XS of SDK 8.2.3, see docs/sdk-limits.md. */
  it('uses no regular expression', () => {
    const found = [...files('modules'), 'main.ts'].flatMap((file) => {
      const source = ts.createSourceFile(file, readFileSync(join(ROOT, file), 'utf8'), ts.ScriptTarget.ES2022, true)
      const uses: string[] = []
      const visit = (node: ts.Node): void => {
        const isOne = ts.isRegularExpressionLiteral(node) || (ts.isIdentifier(node) && node.text === 'RegExp')
        if (isOne) uses.push(`${file}: ${node.getText()}`)
        ts.forEachChild(node, visit)
      }
      visit(source)
      return uses
    })
    deepEqual(found, [])
  })

  it('names no Node global', () => {
    // The one text that is for a browser.
    for (const file of [...modules, ...files('decoders')].filter((name) => name !== 'modules/portal/script.ts')) {
      const found = /\b(Buffer|process|setTimeout|setInterval|setImmediate|console|TextEncoder|TextDecoder)\b[.(]/.exec(
        readFileSync(join(ROOT, file), 'utf8').replace(/^\s*(\/?\*|\/\/).*$/gm, ''),
      )
      equal(found && !file.includes('/device/') ? `${file}: ${found[0]}` : '', '')
    }
  })
})
