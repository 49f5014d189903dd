import { deepEqual, equal } from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withModules } from '../tools/manifest.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Every folder may import `codec` and `ports`. A folder with a `driver.ts` is a kind of meter: it may import these. */
const ARROWS_OF_DRIVERS = ['meters', 'storage']

/** What each folder may import beside that; `app` may import every kind of meter. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  app: ['control', 'delivery', 'led', 'meters', 'mqttcrypto', 'portal', 'storage', 'time', 'uplink'],
  ble: ['time'],
  control: ['led', 'meters', 'mqttcrypto', 'storage', 'uplink'],
  delivery: ['time'],
  device: ['time', 'uplink'],
  meters: ['storage'],
  mqttcrypto: ['storage', 'time'],
  portal: ['meters'],
  radio: ['ble', 'wmbus'],
  uplink: ['delivery', 'storage', 'time'],
}

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

  it('is in the manifest as `npm run manifest` writes it', async () => {
    const text = readFileSync(join(ROOT, 'manifests/base.json'), 'utf8')
    deepEqual(JSON.parse(text), JSON.parse(await withModules(text)))
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
