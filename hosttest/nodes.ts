import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * `npm run test:nodes [-- 22 24 26] [--smoke]`: the fast tests and those of the command line on other versions of Node, from
 * npm's packages of its binaries, which go to `build/nodes`. `--smoke` tries of the command line what loads native parts; with
 * SEED in the environment every second file is tried.
 */
const VERSIONS = ['22', '24', '26']
const SMOKE = ['tools/package', 'bridge/store'].map((name) => `hosttest/${name}.test.ts`)
const ALL = ['--config', 'hosttest/nodes.mocharc.cjs']

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const args = process.argv.slice(2)
const asked = args.filter((arg) => arg !== '--smoke')
const unknown = asked.find((version) => !VERSIONS.includes(version))
if (unknown !== undefined) {
  process.stderr.write(`expected some of ${VERSIONS.join(', ')}, got ${unknown}\n`)
  process.exit(2)
}

for (const version of asked.length > 0 ? asked : VERSIONS) {
  const bin = install(version)
  const began = performance.now()
  console.log(`== Node ${version}`)
  run(join(bin, 'node'), ['node_modules/mocha/bin/mocha.js', ...(args.includes('--smoke') ? SMOKE : ALL)], {
    // Tests start it by its name too.
    PATH: `${bin}${delimiter}${process.env.PATH}`,
  })
  console.log(`-- ${((performance.now() - began) / 1000).toFixed(0)} s`)
}

/** The folder of the binary of a version. */
function install(version: string): string {
  const folder = join(ROOT, 'build/nodes', version)
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${platform}-${process.arch}`
  run('npm', ['install', '--prefix', folder, '--no-save', '--silent', `${name}@${version}`])
  return join(folder, 'node_modules', name, 'bin')
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): void {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exitCode = 1
}
