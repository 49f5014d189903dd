import { toHex } from '../../../modules/codec/hex.js'
import { byId, make, write } from '../../page/dom.js'
import { boardOf, boardProblem, CHIP_NAMES } from '../boards.js'
import { type Entries, type Field, keyOf, newKey, serialOf } from '../entries.js'
import { type ChosenFile, type Firmware, firmwareOf, MOST_BYTES, type Piece, pieceOf } from '../firmware.js'
import { sentence } from '../sentence.js'

/** Bytes of the largest PEM file that is read. */
const MOST_PEM = 10_000

const FIELDS: readonly Exclude<Field, 'update-key'>[] = [
  'key',
  'serial',
  'ssid',
  'password',
  'broker',
  'user',
  'broker-password',
  'certificate',
]

/** The fields of the page. */
export class Form {
  #pieces: readonly Piece[] = []
  #isUnreadable = false

  constructor() {
    byId('files').addEventListener('change', () => {
      this.#readFiles().catch(() => this.say('files', 'A file could not be read. Choose the files again.'))
    })
    byId('make-key').addEventListener('click', () => {
      byId<HTMLInputElement>('key').value = newKey((bytes) => crypto.getRandomValues(bytes))
      this.#changed()
    })
    byId('copy').addEventListener('click', () => {
      const line = byId<HTMLInputElement>('register')
      line.select()
      // Where the browser forbids that, it is selected.
      navigator.clipboard?.writeText(line.value).catch(() => {})
    })
    byId('form').addEventListener('input', () => this.#changed())
    this.#changed()
  }

  isChosen(what: 'firmware' | 'setup' | 'erase'): boolean {
    return byId<HTMLInputElement>(`with-${what}`).checked
  }

  /** The firmware that is chosen; undefined where something about it is wrong, which the page then says. */
  firmware(): Firmware | undefined {
    const made = firmwareOf(this.#pieces)
    const wrong = this.#isUnreadable
      ? 'One of the files is none of these.'
      : made.ok
        ? boardProblem(boardOf(byId<HTMLSelectElement>('board').value), made.value.facts)
        : sentence(made.error)
    this.say('files', wrong)
    return made.ok && wrong === undefined ? made.value : undefined
  }

  async entries(): Promise<Entries> {
    const typed = Object.fromEntries(FIELDS.map((field) => [field, byId<HTMLInputElement>(field).value]))
    const [pem] = byId<HTMLInputElement>('update-key').files ?? []
    const text = pem === undefined ? '' : pem.size > MOST_PEM ? 'too long' : await pem.text()
    return { ...(typed as unknown as Omit<Entries, 'update-key'>), 'update-key': text }
  }

  /** The key and number as far as they are right; undefined else. */
  device(): { readonly key: Uint8Array; readonly serial: string } | undefined {
    const [key, serial] = [keyOf(byId<HTMLInputElement>('key').value), serialOf(byId<HTMLInputElement>('serial').value)]
    return key.ok && serial.ok ? { key: key.value, serial: serial.value } : undefined
  }

  /** Says what is wrong with a field; undefined for nothing. */
  say(field: string, wrong: string | undefined): void {
    write(byId(`${field}-wrong`), wrong ?? '')
    const input = byId(field)
    if (wrong === undefined) input.removeAttribute('aria-invalid')
    else input.setAttribute('aria-invalid', 'true')
  }

  /** Shows what is wrong, and leads to the first of it. */
  show(problems: ReadonlyMap<Field, string>): void {
    for (const field of ['key', 'serial', 'ssid', 'password', 'broker', 'update-key'] as const)
      this.say(field, problems.get(field))
    if (problems.has('broker') || problems.has('update-key')) byId<HTMLDetailsElement>('more').open = true
    const [first] = problems.keys()
    if (first !== undefined) byId(first).focus()
  }

  #changed(): void {
    byId('firmware-panel').hidden = !this.isChosen('firmware')
    byId('setup-panel').hidden = !this.isChosen('setup')
    const erase = byId<HTMLInputElement>('with-erase')
    // Where the journal is, the table says.
    erase.disabled = !this.isChosen('firmware')
    if (erase.disabled) erase.checked = false
    const device = this.device()
    byId<HTMLInputElement>('register').value = device === undefined ? '' : `${device.serial},${toHex(device.key)}`
    byId<HTMLButtonElement>('print').disabled = device === undefined || !this.isChosen('setup')
  }

  async #readFiles(): Promise<void> {
    const files = [...(byId<HTMLInputElement>('files').files ?? [])]
    const chosen = await Promise.all(
      files.map(async (file): Promise<ChosenFile> => {
        // What is larger than any flash is not read.
        const bytes = file.size > MOST_BYTES ? new Uint8Array(MOST_BYTES + 1) : new Uint8Array(await file.arrayBuffer())
        return { name: file.name, bytes }
      }),
    )
    const results = chosen.map((file) => ({ file, result: pieceOf(file) }))
    this.#pieces = results.flatMap(({ result }) => (result.ok ? [result.value] : []))
    this.#isUnreadable = results.some(({ result }) => !result.ok)
    byId('pieces').replaceChildren(
      ...results.map(({ file, result }) =>
        result.ok ? make('li', '', `${file.name}: ${words(result.value)}`) : make('li', 'wrong', result.error),
      ),
    )
    this.firmware()
  }
}

function words(piece: Piece): string {
  if (piece.kind === 'program')
    return `program ${piece.version} for ${CHIP_NAMES[piece.chip]}, ${piece.variant}, ${piece.bytes.length} bytes`
  if (piece.kind === 'boot loader') return `boot loader for ${CHIP_NAMES[piece.chip]}`
  if (piece.kind === 'partition table')
    return `partition table: ${piece.partitions.map(({ label }) => label).join(', ')}`
  return 'is not needed'
}
