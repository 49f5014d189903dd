import type { MessageItem, Report } from '../world/protocol.js'
import { byId, make, prepend, timeOfDay, write } from './dom.js'

const MOST_LINES = 60

/** What a newcomer may try first. */
const CHIPS = ['ping', 'status', 'open_until_delta 2', 'close', 'network_quality', 'scan', 'restart']

/** What the device publishes by itself. */
const NOT_REPLIES: readonly string[] = ['sample', 'meter_info', 'concentrator', 'offline']

const USUAL_HINT = 'Sealed with the key and sent over the broker.'

/** The box that commands are typed into, and what is answered. */
export class Commands {
  #input = byId<HTMLInputElement>('command')
  #takes = new Map<string, string>()
  #began = 0

  /** @param send takes a line that somebody has typed */
  constructor(send: (line: string) => void) {
    byId('command-form').addEventListener('submit', (event) => {
      event.preventDefault()
      const line = this.#input.value.trim()
      if (line !== '') send(line)
    })
    this.#input.addEventListener('input', () => this.#hint())
    for (const line of CHIPS) {
      const chip = make('button', 'chip', line)
      chip.type = 'button'
      chip.addEventListener('click', () => {
        this.#input.value = line
        this.#hint()
        send(line)
      })
      byId('chips').append(chip, ' ')
    }
  }

  clear(began: number): void {
    this.#began = began
    byId('replies').replaceChildren()
  }

  setKnown({ commands }: Extract<Report, { is: 'ready' }>): void {
    this.#takes = new Map(commands.map(({ name, takes }) => [name, takes]))
    byId('command-names').replaceChildren(
      ...commands.map(({ name, takes }) => {
        const option = make('option')
        option.value = name
        if (takes !== '') option.label = `${name}: ${takes}`
        return option
      }),
    )
  }

  onChecked({ line, problem }: Extract<Report, { is: 'command' }>): void {
    this.#input.setAttribute('aria-invalid', String(problem !== ''))
    if (problem !== '') return write(byId('command-hint'), problem)
    write(byId('command-hint'), `Sent: ${line}`)
    if (this.#input.value.trim() === line) this.#input.select()
  }

  add(items: readonly MessageItem[]): void {
    for (const { way, kind, text, at, serial } of items) {
      if (way === 'up' && NOT_REPLIES.includes(kind)) continue
      const words = text === undefined ? '' : text || '(empty)'
      const entry = make(
        'li',
        way,
        make('time', '', timeOfDay(this.#began + at)),
        way === 'up' ? ' ← ' : ' → ',
        make('b', '', kind),
        ' ',
        words,
      )
      entry.title = serial
      prepend(byId('replies'), entry, MOST_LINES)
    }
  }

  #hint(): void {
    const [name = '', ...rest] = this.#input.value.trimStart().split(' ')
    const takes = this.#takes.get(name)
    this.#input.setAttribute('aria-invalid', 'false')
    if (takes === undefined) return write(byId('command-hint'), USUAL_HINT)
    write(
      byId('command-hint'),
      takes === '' ? `${name} takes nothing.` : `${name} takes: ${takes}${rest.length > 0 ? '' : '.'}`,
    )
  }
}
