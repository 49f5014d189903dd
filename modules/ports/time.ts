/**
 * Asks one SNTP server once; unix milliseconds, or undefined when its name is not found, it has not answered within 5 s or
 * it tells no time. Never rejects. A second question to the same server may get the answer in place of the first.
 */
export type QueryTime = (server: string) => Promise<number | undefined>
