/** What hosttest/xs/host gives its scripts. */
declare function print(text: string): void
declare function gc(): void
declare function stat(index: 0 | 1 | 2 | 3 | 4 | 5 | 6): number
