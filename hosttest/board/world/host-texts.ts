/** What the firmware says of its host on a board. */
export const HOST = { version: 'moddable+8.2.3-0.1.0-lwip', vdd: 'unknown' } as const
