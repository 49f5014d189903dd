/* What the board's machine has beyond the language (hosttest/xs/host/xsboard.c, hosttest/board/bios.ts). */

type Value = undefined | null | boolean | number | string | ArrayBuffer

/** Asks the world, which answers at once; what it cannot do is undefined. */
// biome-ignore lint/suspicious/noExplicitAny: each operation has an answer of its own
declare function world(operation: string, ...values: readonly Value[]): any
/** Keeps a callback for the world to call; the number names it. */
declare function hold(callback: (...values: never[]) => void): number
declare function drop(handle: number): void
declare function trace(...items: unknown[]): void
