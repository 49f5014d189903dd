import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from 'mocha'

/** Modules of the SDK that are JavaScript alone, or nearly. */
const FILES = {
  'embedded:network/mqtt/client': 'examples/io/tcp/mqttclient/mqttclient.js',
  sntp: 'modules/network/sntp/sntp.js',
} as const

/** Skips the tests of a suite, by name, where there is no SDK; CI has none. */
export function needsSdk(suite: Context, sdk = process.env.MODDABLE): void {
  if (sdk !== undefined && existsSync(join(sdk, FILES.sntp))) return
  console.log('    skipped: MODDABLE names no SDK')
  suite.skip()
}

/** Sources of the SDK's own modules, to take the place of their stand-ins. */
export function sdkModules(): Readonly<Record<keyof typeof FILES, string>> {
  return Object.fromEntries(
    Object.entries(FILES).map(([name, file]) => [
      name,
      withNatives(readFileSync(join(process.env.MODDABLE!, file), 'utf8')),
    ]),
  ) as Record<keyof typeof FILES, string>
}

/** Functions whose body is C have the body that `sdk/board/natives.ts` has for them. */
function withNatives(source: string): string {
  const names: string[] = []
  const linked = source.replace(/\(\)\s*@\s*"(\w+)";/g, (_body, name: string) => {
    names.push(name)
    return `() { return ${name}(...arguments) }`
  })
  return `import 'board/strings'
${names.length === 0 ? '' : `import { ${names.join(', ')} } from 'board/natives'`}
${linked}`
}
