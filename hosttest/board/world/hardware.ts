import type { VirtualClock } from '../../../twin/clock.js'
import { configSource } from '../config-source.js'
import type { Value } from './host.js'
import { MainTask, type Turn } from './main-task.js'

/** Reason of a start, in the numbers of ESP-IDF (esp_system.h, esp_reset_reason_t). */
export const RESET = { powerOn: 1, software: 3, panic: 4, taskWatchdog: 6 } as const
export type ResetReason = (typeof RESET)[keyof typeof RESET]

/** What one of the SDK's native modules can be asked, and answers with a `Value`; the first part of the name is the module's. */
export type Operations = Readonly<Record<string, (...values: never[]) => unknown>>

/** A part of the chip: what its module may ask, and what power-off does to it. */
export interface Part {
  readonly operations: Operations
  /** The machine that ran is gone, with every callback it had given. */
  reset?(): void
}

/** It restarts a board whose main task has not come to its next message by then. */
const WATCHDOG = 30_000

/**
 * The chip on the board, as the SDK's native side and ESP-IDF present it, under a virtual clock. `post` is what another
 * task of the chip does: the message waits its turn, in a queue of `queueLength`.
 */
export class Hardware {
  readonly clock: VirtualClock
  readonly task: MainTask
  /** Unix milliseconds of the chip's own clock at the clock's 0; it begins with 1970 at power-on. */
  rtcOffset = 0
  resetReason: ResetReason = RESET.powerOn
  /** Restarts by XS, why each of them. */
  readonly aborts: string[] = []
  /** What the SDK's C code would have done to memory that is not there, each a panic. */
  readonly faults: string[] = []
  boots = 0
  /** Lines that the firmware has traced. */
  readonly traced: string[] = []
  /** Called before each operation: what the chip's other tasks do in the midst of a turn. */
  onOperation: ((name: string) => void) | undefined
  /** Called before each start. */
  onBoot: (() => void) | undefined
  /** The clock at the last start. */
  bootedAt = 0
  /** The most messages that waited at once. */
  deepestQueue = 0
  /** The most meter units that one turn took, and the name of the message. */
  longestTurn = { units: 0, name: '' }
  #operations = new Map<string, (...values: never[]) => unknown>()
  #parts: Part[] = []
  #boot = 0
  #linked = false
  #queueLength: number

  /** @param queueLength messages; without it what the manifest defines, else the SDK's own (xsHost.c, MODDEF_TASK_QUEUELENGTH) */
  constructor(clock: VirtualClock, queueLength = build.queueLength) {
    this.clock = clock
    this.task = new MainTask(clock, (turn) => this.#take(turn))
    this.#queueLength = queueLength
    globalThis.hardware = this
    this.#operations.set('trace', (...parts: string[]) => void this.traced.push(parts.join('').replace(/\n$/, '')))
  }

  /** Flashes an image that was built with these options. */
  flash(flags: Readonly<Record<string, string>>): void {
    link(configSource({ ...build.config, ...flags }))
    this.#linked = true
  }

  add(part: Part): void {
    this.#parts.push(part)
    for (const [name, operation] of Object.entries(part.operations)) this.#operations.set(name, operation)
  }

  /** @internal called by the board's machine */
  operate(name: string, ...values: never[]): unknown {
    const operation = this.#operations.get(name)
    if (operation === undefined) throw new Error(`the hardware has no operation ${name}`)
    this.onOperation?.(name)
    return operation(...values)
  }

  powerOn(): void {
    if (!this.#linked) link()
    this.#linked = true
    this.rtcOffset = -this.clock.now()
    this.#start(RESET.powerOn)
  }

  /** Nothing of the firmware happens any more; what was in RAM is gone. */
  powerOff(): void {
    this.#stop()
    off()
  }

  /** `esp_restart`, from within the firmware or not. */
  restart(reason: ResetReason): void {
    this.powerOff()
    this.#startLater(reason)
  }

  /** A null pointer or the like: the board is gone from within its own call. */
  crash(fault: string): void {
    this.faults.push(fault)
    this.restart(RESET.panic)
  }

  /** The call that the main task is in takes so many milliseconds, and what comes meanwhile waits. */
  block(ms: number): void {
    this.task.block(ms)
    // Only between two turns is the watchdog fed.
    if (this.taskTime - this.clock.now() > WATCHDOG) this.restart(RESET.taskWatchdog)
  }

  /** The clock as the main task sees it, which is ahead after a call that took its time. */
  get taskTime(): number {
    return this.task.time
  }

  /** A message from another task. */
  post(name: string, handle: number, ...values: readonly Value[]): void {
    this.#send({ name, run: () => call(handle, ...values) })
  }

  /**
   * Promise jobs are a message of the main task to itself, one for all that there are when it is taken
   * (MOD/xs/platforms/esp/xsHost.c:1347, xs/sources/xsPromise.c:1253).
   * @internal called when the board's machine has some and had none before
   */
  queueJobs(): void {
    this.#send({ name: 'promise jobs', run: jobs })
  }

  #send(message: Turn): void {
    if (!alive()) return
    const waiting = this.task.waiting + 1
    this.deepestQueue = Math.max(this.deepestQueue, waiting)
    if (waiting <= this.#queueLength) return this.task.post(message)
    // Whoever sends waits for room, which the main task may wait for or be itself.
    const boot = this.#boot
    this.clock.set(() => boot === this.#boot && this.restart(RESET.taskWatchdog), WATCHDOG)
  }

  #take({ name, run }: Turn): void {
    setUnix(this.clock.now() + this.rtcOffset)
    this.#check(run(), name)
  }

  #start(reason: ResetReason): void {
    this.resetReason = reason
    this.boots++
    this.onBoot?.()
    this.bootedAt = this.clock.now()
    setUnix(this.clock.now() + this.rtcOffset)
    this.#check(boot(), 'main')
    this.task.begin()
  }

  #stop(): void {
    this.#boot++
    this.task.reset()
    for (const part of this.#parts) part.reset?.()
  }

  #check(reason: string | undefined, name: string): void {
    const units = stat(6)
    if (units > this.longestTurn.units) this.longestTurn = { units, name }
    if (reason === undefined) return
    this.aborts.push(`${name}: ${reason}`)
    this.#stop()
    // XS ends with c_exit, which is esp_restart here (MOD/xs/platforms/esp/xsHost.h).
    this.#startLater(RESET.software)
  }

  #startLater(reason: ResetReason): void {
    const boot = this.#boot
    this.clock.set(() => boot === this.#boot && this.#start(reason), BOOT_TIME)
  }
}

/** From reset to `main`: boot loader and start of the machine. */
const BOOT_TIME = 300
