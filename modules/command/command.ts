/** What the commands can see and do. */
export interface CommandTarget {
  /** Version text, `<sdk>-<release>-<network stack>-<model>`. */
  readonly version: string
  /** Seconds since power-on. */
  uptime(): number
}

/** Does what the command says and returns the text of the reply; undefined when it has none. */
export type Command = (target: CommandTarget, payload: string) => string | undefined

/** Commands by their exact names. */
export type CommandFamily = Readonly<Record<string, Command>>
