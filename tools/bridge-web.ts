import { fileURLToPath } from 'node:url'
import type { Listening } from '../bridge/listening.js'
import { isLoopback } from '../bridge/loopback.js'
import type { Store } from '../bridge/store/store.js'
import { serveWeb } from '../bridge/web/server.js'
import type { Clock } from '../modules/ports/clock.js'
import { NegativeResult, portProblem, UsageError } from './errors.js'
import { type KeyRegister, warnOfReaders } from './key-register.js'
import { fileText } from './lines.js'
import { sayLine } from './print.js'

const SHORTEST = 8

export interface WebCommandOptions {
  readonly web?: number
  readonly webPasswordFile?: string
  readonly listen: string
  readonly database?: string
  readonly silent: number
}

/** The password of the pages; undefined where nobody is asked for one. Throws `UsageError` where the options make no sense. */
export function webPassword({ web, webPasswordFile, listen, database }: WebCommandOptions): string | undefined {
  if (web === undefined) {
    if (webPasswordFile !== undefined) throw new UsageError('--web-password-file: nothing asks for it without --web')
    return undefined
  }
  if (database === undefined) throw new UsageError('--web: shows what is in a database; give one with --database')
  if (webPasswordFile === undefined) {
    if (isLoopback(listen)) return undefined
    throw new UsageError(`--web: others reach ${listen}; give a password with --web-password-file`)
  }
  const [password = ''] = fileText(webPasswordFile, '--web-password-file').split(/\r?\n/)
  warnOfReaders(webPasswordFile)
  if ([...password].length < SHORTEST)
    throw new UsageError(`${webPasswordFile}: expected a password of at least ${SHORTEST} characters in the first line`)
  return password
}

/** @returns undefined without `--web` */
export async function webServer(
  { web, listen, database, silent }: WebCommandOptions,
  password: string | undefined,
  store: Store | undefined,
  register: KeyRegister | undefined,
  clock: Clock,
): Promise<Listening | undefined> {
  if (web === undefined || store === undefined || database === undefined) return undefined
  try {
    return await serveWeb({
      ...{ store, database, register, silent, clock, password },
      address: listen,
      port: web,
      assets: fileURLToPath(new URL('../bridge/web/browser/', import.meta.url)),
      say: sayLine,
    })
  } catch (error) {
    throw new NegativeResult(`--web: ${portProblem(error)}`)
  }
}
