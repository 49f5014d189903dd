/* Modules that the SDK has no typings for. */

declare module 'pins/digital/monitor' {
  export default class Monitor {
    static readonly InputPullUp: number
    static readonly Rising: number
    readonly rises: number
    onChanged: () => void
    constructor(options: { pin: number; mode: number; edge: number })
    close(): void
  }
}

declare module 'embedded:io/pulsewidth' {
  export default class PulseWidth {
    static readonly InputPullUp: number
    static readonly FallingToRising: number
    constructor(options: { pin: number; mode: number; edges: number })
    /** Microseconds. */
    read(): number | undefined
    close(): void
  }
}
