import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { printTable } from './table.js'

/**
 * `tsx bench/start.ts`: how long the command line takes to start, from the bundle and, as before it, compiled by tsx each time; how large
 * the package is, and how long npm takes to install it into an empty folder. It is not part of `npm run bench`, because npm may
 * ask its registry. Processor time is measured too: a busy computer does not change that much.
 */
const ROUNDS = 5
const COMMANDS = [['--version'], ['--help'], ['twin', '--help'], ['bridge', '--help'], ['completion', 'bash']]

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const BUNDLE = [join(ROOT, 'tools/meterlogger.js')]
const TSX = ['--import', 'tsx', join(ROOT, 'build/start.mts')]

writeFileSync(TSX[2]!, "import { main } from '../tools/main.ts'\nawait main(process.argv)\n")
const load = loadavg()[0]!.toFixed(1)
printTable(
  `Start, the fastest of ${ROUNDS} (${cpus()[0]?.model}, Node ${process.versions.node}, load ${load})`,
  ['', 'ms', 'ms of processor', 'with tsx: ms', 'ms of processor'],
  [
    ['node -e 0', ...fastest(['-e', '0']), '', ''],
    ...COMMANDS.map((words) => [
      `meterlogger ${words.join(' ')}`,
      ...fastest([...BUNDLE, ...words]),
      ...fastest([...TSX, ...words]),
    ]),
  ],
)

const folder = mkdtempSync(join(tmpdir(), 'meterlogger-start-'))
try {
  const [packed] = JSON.parse(npm(ROOT, 'pack', '--json', '--pack-destination', folder, '--ignore-scripts'))
  const home = join(folder, 'home')
  mkdirSync(home)
  const began = performance.now()
  npm(home, 'install', '--ignore-scripts', join(folder, packed.filename))
  const seconds = (performance.now() - began) / 1000
  printTable(
    'The package that npm pack makes',
    ['kB packed', 'kB unpacked', 'files', 's to install', 'MB installed'],
    [[kilo(packed.size), kilo(packed.unpackedSize), packed.entryCount, seconds.toFixed(1), mega(home)]],
  )
} finally {
  rmSync(folder, { recursive: true })
}

/** ms of the fastest round, and of the round that took least of the processor. */
function fastest(args: readonly string[]): readonly string[] {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const script = 'TIMEFORMAT="%R %U %S"; time "$0" "$@" >/dev/null'
    const { status, stderr } = spawnSync('bash', ['-c', script, process.execPath, ...args], {
      cwd: ROOT,
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(stderr)
    const [real = 0, user = 0, system = 0] = stderr.trim().split(' ').map(Number)
    return { real, used: user + system }
  })
  return [rounds.map(({ real }) => real), rounds.map(({ used }) => used)].map((all) =>
    (1000 * Math.min(...all)).toFixed(0),
  )
}

/** What npm prints. */
function npm(cwd: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return stdout
}

function kilo(bytes: number): string {
  return (bytes / 1000).toFixed(0)
}

/** Size of a folder. */
function mega(folder: string): string {
  const bytes = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
  return (bytes / 1e6).toFixed(0)
}
