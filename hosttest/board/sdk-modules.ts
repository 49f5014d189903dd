import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Modules of the SDK that are JavaScript alone, or nearly. */
const FILES = {
  'embedded:network/mqtt/client': 'examples/io/tcp/mqttclient/mqttclient.js',
  sntp: 'modules/network/sntp/sntp.js',
} as const

/** Why the SDK's own modules cannot be run here; undefined when they can. */
export function missingSdk(sdk = process.env.MODDABLE): string | undefined {
  return sdk !== undefined && existsSync(join(sdk, FILES.sntp)) ? undefined : 'MODDABLE names no SDK'
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
