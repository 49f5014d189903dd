import { visible } from '../modules/codec/visible.js'

/** Prints a line of the answer: exact in a pipe or a file, with control characters escaped on a terminal. */
export function print(line: string): void {
  process.stdout.write(`${process.stdout.isTTY ? visible(line) : line}\n`)
}

/** Says something to the person who looks on. Control characters are escaped wherever standard error goes. */
export function say(text: string): void {
  process.stderr.write(`${text.split('\n').map(visible).join('\n')}\n`)
}

/** `1 key`, `2 keys`. @param one what is counted, whose plural has an s */
export function counted(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`
}

/** Says one line that may hold text from outside: not even a new line gets through. */
export function sayLine(text: string): void {
  process.stderr.write(`${visible(text)}\n`)
}
