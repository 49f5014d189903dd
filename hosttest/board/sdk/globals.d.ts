/* What the board's machine has beyond the language (hosttest/xs/host/xsboard.c, hosttest/board/bios.ts). */

type Value = undefined | null | boolean | number | string | ArrayBuffer | ArrayBufferView

/** Asks the world, which answers at once; what it cannot do is undefined. */
// biome-ignore lint/suspicious/noExplicitAny: each operation has an answer of its own
declare function world(operation: string, ...values: readonly Value[]): any
/** Keeps a callback for the world to call; the number names it. */
declare function hold(callback: (...values: never[]) => void): number
declare function drop(handle: number): void
/** The string of UTF-8 bytes; throws a TypeError where they are none. */
declare function fromBytes(buffer: ArrayBuffer): string
/** The string of bytes as they are, as native code makes one, well-formed or not. */
declare function rawText(buffer: ArrayBuffer): string
/** UTF-8 of a string. */
declare function toBytes(text: string): ArrayBuffer
declare function trace(...items: unknown[]): void
