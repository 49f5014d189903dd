/**
 * Asks one SNTP server once; unix milliseconds, or undefined when its name is not found or it has not answered within 5 s.
 * Never rejects. Who asks the same server once more meanwhile may be told in the place of who asked before.
 */
export type QueryTime = (server: string) => Promise<number | undefined>
