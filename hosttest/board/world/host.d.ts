import type { Hardware } from './hardware.js'

/** What crosses between the world's machine and the board's. */
export type Value = undefined | null | boolean | number | string | ArrayBuffer

declare global {
  // What hosttest/xs/host/xsboard.c gives the world.
  var hardware: Hardware
  /** Of the manifest. */
  var build: {
    readonly config: Record<string, unknown>
    readonly queueLength: number
    /** The partition table, in ESP-IDF's format. */
    readonly partitions: string
  }
  function print(text: string): void
  function link(config?: string): void
  function boot(): string | undefined
  function call(handle: number, ...values: readonly Value[]): string | undefined
  function jobs(): string | undefined
  function off(): void
  function alive(): boolean
  function stat(index: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7): number
  function collect(): void
  function setUnix(ms: number): void
}
