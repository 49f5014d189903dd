import { Argument, Command } from 'commander'
import { SCRIPTS, type Shell } from './completion-scripts.js'
import { completionTree } from './completion-tree.js'
import { print } from './print.js'

/** The command that prints a script for the shell. Its program has to have all commands. */
export function completionCommand(): Command {
  return new Command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .addHelpText(
      'after',
      `
Examples:
  source <(meterlogger completion bash)       in ~/.bashrc
  source <(meterlogger completion zsh)        in ~/.zshrc, after compinit
  meterlogger completion fish > ~/.config/fish/completions/meterlogger.fish`,
    )
    .action((shell: Shell, _options: object, command: Command) =>
      print(SCRIPTS[shell](completionTree(command.parent!))),
    )
}
