import type { Answer } from '../../../decoders/answer.js'
import type { Progress } from '../../../decoders/solver/solve.js'
import type { Result } from '../../../modules/codec/result.js'
import type { Example } from '../../tools/examples.js'
import type { Job, ToolName } from '../../tools/protocol.js'
import { make, write } from '../dom.js'
import { tablesOf } from './tables.js'
import type { Workbench } from './workbench.js'

/** As many characters of the text below the tables are shown. */
const MOST_TEXT = 200_000

/** A form and what is answered. */
export class Tool {
  readonly name: ToolName
  #form: HTMLFormElement
  #workbench: Workbench
  #answer = make('div', 'answer')
  #status = make('p', 'say')
  #submit: HTMLButtonElement
  #cancel = make('button', 'quiet', 'Cancel')
  /** The content of the example's file, which no script may put into a form. */
  #file: { readonly name: string; readonly text: string } | undefined

  constructor(form: HTMLFormElement, workbench: Workbench) {
    this.name = form.dataset.tool as ToolName
    this.#form = form
    this.#workbench = workbench
    this.#submit = form.querySelector<HTMLButtonElement>('[type=submit]')!
    this.#cancel.type = 'button'
    this.#cancel.hidden = true
    this.#cancel.addEventListener('click', () => {
      workbench.end()
      this.#submit.focus()
    })
    this.#status.setAttribute('role', 'status')
    this.#submit.after(' ', this.#cancel)
    form.after(this.#status, this.#answer)
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#run()
    })
    form.querySelector('[type=file]')?.addEventListener('change', () => this.#take(undefined))
  }

  /** Adds a button that shows an example. */
  offer(example: Example): void {
    const button = make('button', 'chip', `Example: ${example.name}`)
    button.type = 'button'
    button.addEventListener('click', () => this.show(example))
    this.#form.querySelector('.buttons')!.append(' ', button)
  }

  /** Fills the form with an example and answers it. */
  show({ name, fields }: Example): void {
    this.#form.reset()
    this.#take(fields.file === undefined ? undefined : { name: `${name}.kem`, text: fields.file })
    for (const [field, value] of Object.entries(fields)) if (field !== 'file') this.#input(field)!.value = value
    void this.#run()
  }

  /** Forgets what was typed and answered. */
  clear(): void {
    this.#workbench.end()
    this.#form.reset()
    this.#take(undefined)
    this.#answer.replaceChildren()
    write(this.#status, '')
  }

  #take(file: { readonly name: string; readonly text: string } | undefined): void {
    this.#file = file
    const ready = this.#form.querySelector<HTMLElement>('#kem-ready')
    if (ready === null) return
    ready.hidden = file === undefined
    write(ready, file === undefined ? '' : `The example is opened: ${file.name}`)
  }

  #input(name: string): HTMLInputElement | HTMLTextAreaElement | undefined {
    return this.#form.querySelector<HTMLInputElement | HTMLTextAreaElement>(`[name=${name}]`) ?? undefined
  }

  async #run(): Promise<void> {
    const job = await this.#job()
    if (job === undefined) return
    this.#answer.replaceChildren()
    this.#cancel.hidden = false
    write(this.#status, 'Working …')
    const answer = await this.#workbench.run(job, (progress) => write(this.#status, progressWords(progress)))
    this.#cancel.hidden = true
    write(this.#status, '')
    if (answer === undefined) return write(this.#status, 'Ended. Nothing is known of it.')
    this.#tell(job, answer)
  }

  /** What the form asks; undefined where no file was chosen. */
  async #job(): Promise<Job | undefined> {
    const value = (name: string) => this.#input(name)?.value ?? ''
    if (this.name !== 'kem')
      return {
        tool: this.name,
        text: value('text'),
        key: value('key'),
        id: value('id'),
        headers: value('headers'),
        topic: value('topic'),
      }
    const chosen = this.#form.querySelector<HTMLInputElement>('[type=file]')!.files?.[0]
    const common = { tool: 'kem', password: value('password'), serial: value('serial') } as const
    if (chosen !== undefined) return { ...common, file: chosen.name, bytes: new Uint8Array(await chosen.arrayBuffer()) }
    if (this.#file !== undefined)
      return { ...common, file: this.#file.name, bytes: new TextEncoder().encode(this.#file.text) }
    this.#fail('Choose a file first.')
    return undefined
  }

  #tell(job: Job, answer: Result<Answer>): void {
    if (!answer.ok) return this.#fail(answer.error)
    const { lines, notes, problem } = answer.value
    if (problem !== undefined) this.#fail(problem)
    else write(this.#status, lines.length > 1 ? `${lines.length} answers.` : 'It is read.')
    this.#answer.append(...notes.map((note) => make('p', 'say', note)))
    if (lines.length === 0) return
    const text = lines.join('\n')
    const raw = make('pre', '', text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}\n...` : text)
    raw.tabIndex = 0
    this.#answer.append(
      ...tablesOf(job, lines),
      make('details', 'raw', make('summary', '', 'What the command line prints'), raw, this.#copyButton(text)),
    )
  }

  #fail(text: string): void {
    const line = make('p', 'failed', text)
    line.setAttribute('role', 'alert')
    this.#answer.replaceChildren(line)
  }

  #copyButton(text: string): HTMLButtonElement {
    const button = make('button', 'quiet', 'Copy')
    button.type = 'button'
    button.addEventListener('click', () => {
      const tell = (words: string) => write(button, words)
      navigator.clipboard.writeText(text).then(
        () => tell('Copied'),
        () => tell('Not allowed: select it'),
      )
    })
    return button
  }
}

function progressWords({ time, bits, candidates }: Progress): string {
  return `${Math.round(100 * time)} % of the time, headers of up to ${bits} bits, ${candidates} found`
}
