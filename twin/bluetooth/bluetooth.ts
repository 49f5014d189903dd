import type { BleConnection, BleConnectOptions, BlePeer, BlePort } from '../../modules/ports/ble.js'
import type { Clock, Timer } from '../../modules/ports/clock.js'
import type { BluetoothOrder, BluetoothProcess, BluetoothReport, StartBluetooth } from './messages.js'
import { type Problem, problemOf, problemText, stateProblem } from './problems.js'

export interface BluetoothOptions {
  readonly clock: Clock
  readonly start: StartBluetooth
  /** Node's name of the operating system. */
  readonly platform: string
  say(text: string): void
  /** Called when Bluetooth cannot be used and never could since the start: waiting would not help. */
  onUseless(problem: string): void
  onNotification?(characteristic: string, bytes: Uint8Array): void
}

/** ms for the process to let go of the adapter. */
const GRACE = 1_500

/** A concentrator sends at least whenever a meter does; within this time a search finds it and a meter has sent. */
const PATIENCE = 60_000

interface OpenLink {
  readonly number: number
  readonly options: BleConnectOptions
  readonly asked: Map<string, (error: string | undefined) => void>
}

/**
 * This computer's Bluetooth as the firmware's radio. The library runs in a process of its own (`BluetoothService` says
 * why); when that ends, the firmware sees a lost connection, and its next search starts another.
 */
export class Bluetooth implements BlePort {
  #options: BluetoothOptions
  #process: BluetoothProcess | undefined
  /** Orders for the next process, while the last one ends. */
  #waiting: BluetoothOrder[] | undefined
  #onEnded: (() => void)[] = []
  #kill: Timer | undefined
  #quiet: Timer | undefined
  #closed = false
  #hasWorked = false
  #state = ''
  #said = ''
  #names = new Set<string>()
  #onFound: ((peer: BlePeer) => void) | undefined
  #link: OpenLink | undefined
  #links = 0

  constructor(options: BluetoothOptions) {
    this.#options = options
    this.#quiet = options.clock.set(() => this.#sayQuiet(), PATIENCE)
  }

  scan(onFound: (peer: BlePeer) => void): void {
    this.#onFound = onFound
    this.#send({ do: 'scan' })
  }

  stopScan(): void {
    this.#onFound = undefined
    this.#sendIfRunning({ do: 'stop-scan' })
  }

  connect(options: BleConnectOptions): BleConnection {
    const number = ++this.#links
    const link: OpenLink = { number, options, asked: new Map() }
    this.#link = link
    this.#send({ do: 'connect', link: number, address: options.address, mtu: options.mtu })
    return {
      subscribe: (service, characteristic, onDone) => {
        link.asked.set(characteristic, onDone)
        this.#sendIfRunning({ do: 'subscribe', link: number, service, characteristic })
      },
      close: () => {
        if (this.#link !== link) return
        this.#link = undefined
        this.#sendIfRunning({ do: 'disconnect', link: number })
      },
    }
  }

  restart(): void {
    this.#onFound = undefined
    this.#link = undefined
    this.#names.clear()
    this.#endProcess()
  }

  /** Lets go of the adapter. Resolves within two seconds. */
  close(): Promise<void> {
    this.#closed = true
    this.#options.clock.clear(this.#quiet)
    this.restart()
    this.#waiting = this.#waiting && []
    return new Promise((resolve) => {
      if (this.#process === undefined) resolve()
      else this.#onEnded.push(resolve)
    })
  }

  #send(order: BluetoothOrder): void {
    if (this.#closed) return
    if (this.#waiting !== undefined) this.#waiting.push(order)
    else {
      this.#process ??= this.#start()
      this.#process.send(order)
    }
  }

  #sendIfRunning(order: BluetoothOrder): void {
    if (this.#process !== undefined) this.#send(order)
  }

  #start(): BluetoothProcess {
    this.#state = ''
    const process: BluetoothProcess = this.#options.start({
      onReport: (report) => {
        if (this.#process === process && this.#waiting === undefined) this.#take(report)
      },
      onExit: (how) => {
        if (this.#process === process) this.#processEnded(how)
      },
    })
    return process
  }

  #endProcess(): void {
    const process = this.#process
    if (process === undefined || this.#waiting !== undefined) return
    this.#waiting = []
    process.send({ do: 'end' })
    this.#kill = this.#options.clock.set(() => process.kill(), GRACE)
  }

  #processEnded(how: string): void {
    const waiting = this.#waiting
    this.#options.clock.clear(this.#kill)
    this.#process = undefined
    this.#waiting = undefined
    if (waiting === undefined) {
      // macOS kills a process that asks for Bluetooth where the terminal may not.
      const isRefused = this.#options.platform === 'darwin' && how.startsWith('SIG')
      this.#meet(isRefused ? 'forbidden' : 'failed', `its process has ended: ${how}`)
      this.#loseLink('the Bluetooth process has ended')
    }
    const isWanted = waiting?.some((order) => order.do === 'scan' || order.do === 'connect')
    if (isWanted) for (const order of waiting!) this.#send(order)
    for (const onEnded of this.#onEnded.splice(0)) onEnded()
  }

  #take(report: BluetoothReport): void {
    switch (report.is) {
      case 'state':
        return this.#enter(report.state, report.detail)
      case 'missing':
        return this.#giveUp(problemOf(report.detail) === 'missing' ? 'missing' : 'failed', report.detail)
      case 'failed':
        this.#meet(problemOf(report.detail), report.detail)
        return this.#giveUpProcess(report.detail)
      case 'found':
        this.#names.add(report.name)
        return this.#onFound?.(report)
    }
    const link = this.#link
    if (link?.number !== report.link) return
    switch (report.is) {
      case 'ready':
        return link.options.onReady()
      case 'closed':
        return this.#loseLink(report.reason)
      case 'subscribed': {
        const onDone = link.asked.get(report.characteristic)
        link.asked.delete(report.characteristic)
        return onDone?.(report.error)
      }
      case 'bytes':
        this.#options.clock.clear(this.#quiet)
        this.#options.onNotification?.(report.characteristic, report.bytes)
        return link.options.onNotification(report.bytes)
    }
  }

  #enter(state: string, detail: string): void {
    const before = this.#state
    this.#state = state
    if (state === 'poweredOn') {
      this.#hasWorked = true
      if (before === 'poweredOff' || before === 'resetting') this.#sayOnce('Bluetooth is on')
      return
    }
    const problem = stateProblem(state, detail)
    if (problem === undefined) return
    if (problem === 'off') this.#sayOnce(`${problemText(problem, this.#options.platform, detail)}; waiting for it`)
    else {
      this.#meet(problem, detail)
      // The library does not look for the adapter again.
      this.#giveUpProcess(problemText(problem, this.#options.platform, detail))
    }
  }

  /** Tells a problem; before Bluetooth has ever worked it is the end, if it is one that waiting does not solve. */
  #meet(problem: Problem, detail: string): void {
    if (this.#hasWorked) this.#sayOnce(problemText(problem, this.#options.platform, detail))
    else this.#giveUp(problem, detail)
  }

  #giveUp(problem: Problem, detail: string): void {
    if (!this.#closed) this.#options.onUseless(problemText(problem, this.#options.platform, detail))
  }

  /** Ends this process; the next search starts another. */
  #giveUpProcess(reason: string): void {
    this.#endProcess()
    this.#loseLink(reason)
  }

  #loseLink(reason: string): void {
    const link = this.#link
    this.#link = undefined
    link?.options.onClosed(reason)
  }

  #sayQuiet(): void {
    const heard = this.#names.size
    this.#options.say(
      `bluetooth: no concentrator has sent anything for ${PATIENCE / 1000} s (${heard} named device${heard === 1 ? '' : 's'} heard). ` +
        'It must have power, be within some metres, and have no connection to another device. The search goes on',
    )
  }

  #sayOnce(text: string): void {
    if (text === this.#said) return
    this.#said = text
    this.#options.say(`bluetooth: ${text}`)
  }
}
