import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'
import { runScript } from './script.js'
import { twinPicture } from './twin-picture.js'

await runScript(
  new Command('npm run picture --')
    .description('draw docs/twin.svg anew, the terminal of a twin: what a run under the virtual clock shows')
    .action(async () =>
      writeFileSync(fileURLToPath(new URL('../docs/twin.svg', import.meta.url)), await twinPicture()),
    ),
)
