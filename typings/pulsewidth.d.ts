/* The SDK has no typings for this module (modules/io/pulsewidth/esp32). */

declare module 'embedded:io/pulsewidth' {
  export default class PulseWidth {
    static readonly FallingToRising: number
    constructor(options: { pin: number; edges: number })
    /** Microseconds; undefined where there was no impulse since it was read last. */
    read(): number | undefined
    close(): void
  }
}
