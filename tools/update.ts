import { Command } from 'commander'
import { keygenCommand } from './update-keygen.js'
import { pushCommand } from './update-push.js'
import { serveCommand } from './update-serve.js'
import { signCommand } from './update-sign.js'

export function updateCommand(): Command {
  return new Command('update')
    .addCommand(keygenCommand())
    .addCommand(signCommand())
    .addCommand(serveCommand())
    .addCommand(pushCommand())
}
