/** Asks one SNTP server once; unix milliseconds, or undefined when there is no answer within 5 s. Never rejects. */
export type QueryTime = (server: string) => Promise<number | undefined>
