import { deepEqual, equal, ok } from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ffiDeclaration, ffiSignatures, PLATFORM_NAMES } from '../../tools/sdk-project.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

describe('the native functions of the manifests', () => {
  it('are those that the typings declare, with the same types', () => {
    const typings = readFileSync(join(ROOT, 'typings/sdk.d.ts'), 'utf8')
    const methods = /class FFI \{\n([^}]*)\}/.exec(typings)![1]!.trim().split('\n')
    const declared = methods.map((method) => method.trim().replace(/\w+: (\w+)(?=[,)])/g, '$1'))
    const bound = PLATFORM_NAMES.flatMap((platform) => ffiSignatures(ROOT, platform))
    deepEqual(declared.sort(), bound.sort())
    ok(bound.length > 20)
  })

  it('are declared for the check against the SDK as mcconfig declares them', () => {
    const declaration = ffiDeclaration(ROOT, 'esp32')
    for (const line of [
      '    uart_intr_config(arg0: number, arg1: ArrayBuffer): number',
      '    esp_netif_get_handle_from_ifkey(arg0: string): number',
      '    esp_restart(): void',
    ])
      ok(declaration.includes(`${line}\n`), line)
  })
})

describe('npm run typecheck:sdk', () => {
  it('says that it is skipped where there is no SDK', () => {
    const { MODDABLE: _, ...env } = process.env
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', 'tools/typecheck-sdk.ts'], {
      cwd: ROOT,
      encoding: 'utf8',
      env,
    })
    equal(stdout, 'typecheck:sdk: skipped, MODDABLE names no Moddable SDK\n')
    equal(status, 0)
  })
})
