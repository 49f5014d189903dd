import { hasOwn } from '../codec/has-own.js'
import type { Envelope } from '../mqttcrypto/envelope.js'
import type { ReplayGuard } from '../mqttcrypto/replay-guard.js'
import type { Clock } from '../ports/clock.js'
import type { SettingsStore } from '../storage/settings-store.js'
import type { WallClock } from '../time/wall-clock.js'
import { CRON_COMMANDS } from './commands/cron.js'
import { type CommandBuild, commandsOf } from './commands/table.js'
import { Cron, type CronHost } from './cron/cron.js'
import { type CommandHost, CommandReceiver } from './receiver.js'

export interface ControlOptions {
  readonly clock: Clock
  readonly envelope: Envelope
  readonly guard: ReplayGuard
  readonly settings: SettingsStore
  readonly wallClock: WallClock
  /** What decides which commands the build has. */
  readonly build: CommandBuild
  log(text: string): void
}

/** What tells the device to do something: sealed commands, and the jobs. They take their turns one after the other. */
export class Control implements CronHost {
  readonly cron: Cron
  #receiver: CommandReceiver
  #host: CommandHost
  #log: (text: string) => void
  #settings: SettingsStore

  constructor(options: ControlOptions, host: CommandHost) {
    const { clock, envelope, guard, settings, wallClock, build, log } = options
    this.#host = host
    this.#log = log
    this.#settings = settings
    this.#receiver = new CommandReceiver({ clock, envelope, log, guard, commands: commandsOf(build), wallClock }, host)
    this.cron = new Cron({ clock, settings, wallClock, commands: Object.keys(CRON_COMMANDS) }, this)
  }

  /** Drops the commands and jobs that wait for their turn. */
  close(): void {
    this.cron.stop()
    this.#receiver.close()
  }

  onMessage(topic: string, payload: Uint8Array): void {
    // A reply would say that something is stored which the restart forgets.
    if (this.#settings.isReset) return this.#log('command ignored: the device restarts after a factory reset')
    this.#receiver.onMessage(topic, payload)
  }

  runJob(name: string, params: string): void {
    this.#log(`cron: ${name}`)
    if (hasOwn(CRON_COMMANDS, name)) CRON_COMMANDS[name]!(this.#host, () => {}, params)
  }

  act(step: () => void): void {
    this.#receiver.act(step)
  }
}
