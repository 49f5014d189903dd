import { Command, Option } from 'commander'
import { BOARDS } from './boards.js'
import { checkImageSize, runBuild } from './build.js'
import { checkTools, planBuild } from './build-plan.js'
import { runScript } from './script.js'

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
    runBuild(plan)
    // ESP-IDF itself writes no image to a board that its slot does not hold.
    if (build) process.stdout.write(`${checkImageSize(plan)}\n`)
  })

await runScript(program.name('npm run flash --'))
