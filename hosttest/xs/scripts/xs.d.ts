/** What hosttest/xs/host gives its scripts. */
declare function print(text: string): void
/** Collects garbage, and begins to look for peaks anew. */
declare function gc(): void
/** Collects garbage. */
declare function collect(): void
declare function stat(index: 0 | 1 | 2 | 3 | 4 | 5 | 6): number
