import { once } from 'node:events'
import type { Server } from 'node:http'
import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { Command } from 'commander'
import { portOf } from '../twin/bind.js'
import { NegativeResult, portProblem, UsageError } from './errors.js'
import { fileServer, urlPath } from './file-server.js'
import { fileBytes } from './lines.js'
import { parseWhole } from './options.js'
import { print, say } from './print.js'
import { MOST_OF_SIGNED, manifestInFile } from './signed-file.js'

interface ServeOptions {
  readonly port: number
  readonly listen: string
}

/** All addresses of this computer. */
const ANY = '0.0.0.0'

export function serveCommand(): Command {
  return new Command('serve')
    .description('serve signed images over HTTP with ranges, for devices to fetch; prints their URLs')
    .argument('<file...>', 'files of update sign; each is at the root under its name')
    .requiredOption('--port <n>', 'where to listen; 0 for any port that is free', parseWhole('--port', 0, 65_535))
    .option('--listen <address>', 'listen at this address of this computer only', ANY)
    .addHelpText(
      'after',
      `
Whoever reaches the port can read the images: one that was built with a KEY does not belong here.

Example:
  meterlogger update serve meterlogger-0.2.0.signed --port 8000`,
    )
    .action(serve)
}

async function serve(files: string[], { port, listen }: ServeOptions): Promise<void> {
  for (const [i, file] of files.entries()) {
    if (files.slice(0, i).some((other) => urlPath(other) === urlPath(file)))
      throw new UsageError(`${file}: there is another file of this name`)
    const manifest = manifestInFile(fileBytes(file, '', MOST_OF_SIGNED))
    if (!manifest.ok) throw new NegativeResult(`${file}: ${manifest.error}`)
    const { version, chip, variant } = manifest.value
    say(`${file}: version ${version} for ${chip}, variant ${variant}`)
  }
  const server = fileServer(files)
  await start(server, port, listen)
  for (const file of files)
    for (const host of hostsOf(listen)) print(`http://${host}:${portOf(server)}${urlPath(file)}`)
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
  server.closeAllConnections()
  server.close()
}

async function start(server: Server, port: number, host: string): Promise<void> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    throw new NegativeResult(`--port: ${portProblem(error)}`)
  }
}

/** The names under which somebody reaches this computer: its own addresses in the network, where it listens at all of them. */
function hostsOf(listen: string): readonly string[] {
  if (listen !== ANY) return [isIPv6(listen) ? `[${listen}]` : listen]
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const others = all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address)
  return others.length > 0 ? others : ['127.0.0.1']
}
