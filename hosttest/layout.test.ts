import { deepEqual, equal } from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Folders that every other may use: small codecs, the ports, the half-duplex line and the record in two slots. */
const SHARED = ['codec', 'ports', 'serial', 'storage']

/** What else a folder is allowed to know, one line each. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  app: [
    'ble',
    'command',
    'cron',
    'en61107',
    'impulse',
    'journal',
    'kmp',
    'led',
    'mqtt',
    'mqttcrypto',
    'network',
    'portal',
    'settings',
    'valve',
    'water',
  ],
  command: ['cron', 'mqttcrypto', 'network', 'settings', 'valve'],
  cron: ['settings'],
  device: ['mqtt'],
  network: ['settings'],
  valve: ['led', 'settings'],
  water: ['ble', 'wmbus'],
}

/** Adapters that a manifest chooses by platform or build, and the files it chooses from. */
const CHOSEN = ['device/ble', 'device/flash', 'device/impulse', 'device/machine', 'device/radio']
const VARIANT = /^device\/(ble|flash|impulse|machine|radio)-(esp32|lin|none)$/

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
        if (to !== folder && !SHARED.includes(to) && !(ALSO[folder] ?? []).includes(to))
          wrong.push(`${file}: ${target}`)
      }
    }
    deepEqual(wrong, [])
  })

  it('preloads every module of its own, where the SDK finds a missing import', () => {
    const [base, ble] = ['base', 'ble'].map((name) =>
      JSON.parse(readFileSync(join(ROOT, `manifests/${name}.json`), 'utf8')),
    )
    const preloaded = new Set<string>([
      ...base.preload,
      ...base.platforms.esp32.preload,
      ...ble.platforms.esp32.preload,
    ])
    const own = modules
      .map((file) => file.slice('modules/'.length, -'.ts'.length))
      .filter((name) => !name.startsWith('ports/') && !VARIANT.test(name))
    deepEqual(
      own.filter((name) => !preloaded.has(name)),
      [],
    )
    for (const name of preloaded)
      if (!name.startsWith('embedded:') && !CHOSEN.includes(name)) equal(own.includes(name), true, name)
  })

  it('names no Node global', () => {
    // The one text that is for a browser.
    for (const file of modules.filter((name) => name !== 'modules/portal/script.ts')) {
      const found = /\b(Buffer|process|setTimeout|setInterval|setImmediate|console|TextEncoder|TextDecoder)\b[.(]/.exec(
        readFileSync(join(ROOT, file), 'utf8').replace(/^\s*(\/?\*|\/\/).*$/gm, ''),
      )
      equal(found && !file.includes('/device/') ? `${file}: ${found[0]}` : '', '')
    }
  })
})
