export interface CommandTopic {
  /** Unix seconds the sender gave; 0 when it gave none. */
  readonly time: number
  readonly name: string
}

/** Command and time of `/config/v2/<serial>/<time>/<command>`; undefined when a level is missing. */
export function parseCommandTopic(topic: string): CommandTopic | undefined {
  const levels = topic.split('/').filter((level) => level !== '')
  if (levels.length < 5) return undefined
  const time = Number(levels[3])
  return { time: Number.isSafeInteger(time) && time >= 0 ? time : 0, name: levels[levels.length - 1]! }
}
