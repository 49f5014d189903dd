import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { WebSocket } from 'ws'
import { END_WITH_INPUT } from './children.js'

const PATH = '/usr/bin/firefox-esr'

const LISTENS = /^WebDriver BiDi listening on (\S+)/

/** Of a message of WebDriver BiDi, what is used here. */
interface Message {
  readonly id?: number
  readonly error?: string
  readonly message?: string
  readonly method?: string
  readonly result?: unknown
  readonly params?: { readonly text?: string; readonly level?: string; readonly request?: { readonly url: string } }
}

interface Evaluated {
  readonly result?: { readonly value?: string }
  readonly exceptionDetails?: { readonly text: string }
}

/** Says why this computer has no Firefox; undefined when it has one. */
export function missingFirefox(): string | undefined {
  return existsSync(PATH) ? undefined : 'firefox-esr is not installed'
}

/**
 * Firefox, headless and with a fresh profile, over WebDriver BiDi. Playwright speaks that too, but begins with commands that
 * the Firefox of Debian does not know.
 */
export class Firefox {
  /** What the page complains of, and what it asks for. */
  complaints: string[] = []
  requests: string[] = []
  #process: ChildProcess
  #profile: string
  #socket: WebSocket
  #context = ''
  #id = 0
  #asked = new Map<number, (message: Message) => void>()

  private constructor(process: ChildProcess, profile: string, socket: WebSocket) {
    this.#process = process
    this.#profile = profile
    this.#socket = socket
    socket.on('message', (data) => this.#onMessage(JSON.parse(String(data)) as Message))
  }

  static async launch(): Promise<Firefox> {
    const profile = mkdtempSync(join(tmpdir(), 'meterlogger-firefox-'))
    const options = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0']
    const child = spawn('/bin/sh', ['-c', END_WITH_INPUT, 'sh', PATH, ...options], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { ...process.env, HOME: profile },
    })
    const address = await new Promise<string>((resolve, reject) => {
      child.once('error', reject).once('exit', (code) => reject(new Error(`Firefox ended with ${code}`)))
      createInterface(child.stderr).on('line', (line) => {
        const found = LISTENS.exec(line)
        if (found !== null) resolve(found[1]!)
      })
    })
    const socket = new WebSocket(`${address}/session`)
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    const firefox = new Firefox(child, profile, socket)
    await firefox.#send('session.new', { capabilities: {} })
    await firefox.#send('session.subscribe', { events: ['log.entryAdded', 'network.beforeRequestSent'] })
    const { contexts } = (await firefox.#send('browsingContext.getTree', {})) as { contexts: { context: string }[] }
    firefox.#context = contexts[0]!.context
    return firefox
  }

  /** Opens an address, and forgets what the page before has asked for. */
  async open(url: string): Promise<void> {
    // A fragment alone opens no new page.
    await this.#send('browsingContext.navigate', { context: this.#context, url: 'about:blank', wait: 'complete' })
    this.complaints = []
    this.requests = []
    await this.#send('browsingContext.navigate', { context: this.#context, url, wait: 'complete' })
  }

  /** The value of an expression in the page, or of its promise. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = (await this.#send('script.evaluate', {
      expression: `(async () => JSON.stringify(await (${expression})))()`,
      target: { context: this.#context },
      awaitPromise: true,
    })) as Evaluated
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text)
    return (result?.value === undefined ? undefined : JSON.parse(result.value)) as T
  }

  /** Types a text on the keyboard, key by key. */
  async type(text: string): Promise<void> {
    const actions = [...text].flatMap((value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ])
    await this.#send('input.performActions', {
      context: this.#context,
      actions: [{ type: 'key', id: 'keyboard', actions }],
    })
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    await this.#send('browser.close', {}).catch(() => this.#process.stdin?.end())
    await ended
    this.#socket.terminate()
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 })
  }

  #send(method: string, params: object): Promise<unknown> {
    const id = ++this.#id
    this.#socket.send(JSON.stringify({ id, method, params }))
    return new Promise((resolve, reject) => {
      this.#asked.set(id, ({ error, message, result }) =>
        error === undefined ? resolve(result) : reject(new Error(`${method}: ${error}: ${message}`)),
      )
    })
  }

  #onMessage(message: Message): void {
    const { id, method, params } = message
    if (id !== undefined) {
      this.#asked.get(id)?.(message)
      this.#asked.delete(id)
    } else if (method === 'network.beforeRequestSent') this.requests.push(params!.request!.url)
    else if (method === 'log.entryAdded' && params!.level === 'error') this.complaints.push(params!.text ?? '')
  }
}
