import type { Command } from 'commander'

/** What the configuration file does for a command. */
export interface Configuration {
  /** Gives it what the file says, before its options are read. */
  apply(): void
  /** Takes back what an option or the environment has said in another way, when they are read. */
  settle(): void
  /** The line that stands for an option, and the file into which it goes; undefined where there is none. @param option without dashes */
  lineFor(option: string): string | undefined
}

/** The paths that the file names, and where: `/home/me/.config/meterlogger/config: keys`. */
export const configuredPaths = new Map<string, string>()

/** The commands that take something from the file. Apart from what reads it, which others need not load. */
export const configured = new WeakMap<Command, Configuration>()
