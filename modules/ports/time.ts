/** Asks one SNTP server once; unix milliseconds, or undefined when there is no answer within 5 s or it tells no time. Never rejects. */
export type QueryTime = (server: string) => Promise<number | undefined>
