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

/** How far the time of a command may be from ours, in seconds, either way. */
export const TIME_WINDOW = 1800

/** Whether a command of this time is taken now; never as long as our own clock is not set. */
export function isInTimeWindow(time: number, now: number | undefined): boolean {
  return now !== undefined && Math.abs(time - now) <= TIME_WINDOW
}
