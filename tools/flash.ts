import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { BOARDS } from './boards.js'
import { checkTools, PRIVATE_MANIFEST, planBuild } from './build-plan.js'
import { report } from './errors.js'

/** `npm run flash` and `npm run build`. */
const program = new Command()
  .argument('[options...]', 'build options NAME=VALUE; those in the environment count too')
  .addOption(new Option('--board <name>', 'the board').choices(Object.keys(BOARDS)).default('devkit'))
  .option('--build', 'only build')
  .option('--dry-run', 'only check the options and print the command')
  .action((args: string[], { board, build, dryRun }: { board: string; build?: boolean; dryRun?: boolean }) => {
    const plan = planBuild(board, args, process.env, build ? 'build' : 'flash')
    process.stdout.write(`${['mcconfig', ...plan.args].join(' ')}\n`)
    if (plan.hint !== undefined) process.stderr.write(`${plan.hint}\n`)
    if (dryRun) return
    checkTools(process.env)
    mkdirSync(plan.output, { recursive: true })
    // Folder and file may be there from an earlier version, which left them open to everybody.
    chmodSync(plan.output, 0o700)
    writeFileSync(join(plan.output, PRIVATE_MANIFEST), JSON.stringify(plan.manifest))
    process.exitCode = spawnSync('mcconfig', plan.args, { stdio: 'inherit' }).status ?? 1
  })

try {
  program.name('npm run flash --').parse()
} catch (error) {
  report(error)
}
