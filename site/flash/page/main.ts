import { labelOf, PREFIXES } from '../../../image/label.js'
import { labelSheet } from '../../../image/label-sheet.js'
import { provisionedPartition } from '../../../image/provision.js'
import { byId, write } from '../../page/dom.js'
import { factsOf } from '../entries.js'
import { flashBoard } from '../flasher.js'
import type { Wish } from '../parts.js'
import { Console } from './console.js'
import { Form } from './form.js'
import { choosePort, unable } from './port.js'
import { say } from './say.js'

const form = new Form()
const board = new Console()
let isWriting = false

say('unable', unable())
byId<HTMLButtonElement>('start').disabled = unable() !== undefined
byId<HTMLButtonElement>('watch').disabled = unable() !== undefined

byId('form').addEventListener('submit', (event) => {
  event.preventDefault()
  void begin()
})
byId('watch').addEventListener('click', () => void toggleLog())
byId('print').addEventListener('click', printLabel)
byId('keep').addEventListener('click', () => byId<HTMLDialogElement>('question').close())
byId('erase').addEventListener('click', () => {
  byId<HTMLDialogElement>('question').close()
  void wished().then((wish) => wish && writeBoard(wish))
})
addEventListener('beforeunload', (event) => {
  if (isWriting) event.preventDefault()
})

/** Asks about the journal where it is to be erased. The answer is a click, as the browser wants for its own question. */
async function begin(): Promise<void> {
  if (isWriting) return
  const wish = await wished()
  if (wish === undefined) return
  if (wish.erasesJournal) byId<HTMLDialogElement>('question').showModal()
  else await writeBoard(wish)
}

/** What is wished; undefined where something is wrong, which the page then says. */
async function wished(): Promise<Wish | undefined> {
  const [isFirmware, isSetup] = [form.isChosen('firmware'), form.isChosen('setup')]
  write(byId('what-wrong'), isFirmware || isSetup ? '' : 'Choose what is to be written.')
  if (!isFirmware && !isSetup) return undefined
  const firmware = isFirmware ? form.firmware() : undefined
  const entered = isSetup ? factsOf(await form.entries()) : undefined
  form.show(entered !== undefined && 'problems' in entered ? entered.problems : new Map())
  if (isFirmware && firmware === undefined) {
    byId('files').focus()
    return undefined
  }
  if (entered !== undefined && 'problems' in entered) return undefined
  return {
    firmware,
    provision: entered && provisionedPartition(entered.facts),
    erasesJournal: form.isChosen('erase'),
  }
}

async function writeBoard(wish: Wish): Promise<void> {
  say('problem', undefined)
  byId('step').classList.remove('done')
  const chosen = await choosePort()
  if (!chosen.ok) return say('problem', chosen.error)
  show(true)
  try {
    await board.stop()
    const done = await flashBoard(chosen.value, wish, {
      onStep: (text) => write(byId('step'), text),
      onProgress: (part) => {
        byId<HTMLProgressElement>('progress').value = part
      },
    })
    write(byId('step'), done.ok ? 'Written, and compared with what is in the flash. The board starts.' : '')
    byId('step').classList.toggle('done', done.ok)
    say('problem', done.ok ? undefined : done.error)
    if (done.ok) board.watch(chosen.value)
  } catch (error) {
    write(byId('step'), '')
    say('problem', `This page has a fault: ${error}`)
    throw error
  } finally {
    show(false)
  }
}

/** Shows whether a board is written. */
function show(writes: boolean): void {
  isWriting = writes
  byId<HTMLButtonElement>('start').disabled = writes
  byId<HTMLButtonElement>('watch').disabled = writes
  byId('progress-panel').hidden = !writes
  byId<HTMLProgressElement>('progress').value = 0
}

async function toggleLog(): Promise<void> {
  if (board.isWatching) return board.stop()
  const chosen = await choosePort()
  if (chosen.ok) board.watch(chosen.value)
  else say('log-problem', chosen.error)
}

/** The sheet is in the page only while it is printed. */
function printLabel(): void {
  const device = form.device()
  if (device === undefined) return
  const kind = byId<HTMLSelectElement>('kind').value as keyof typeof PREFIXES
  const svg = labelSheet([labelOf(device, PREFIXES[kind])])
  byId('sheet').replaceChildren(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement)
  addEventListener('afterprint', () => byId('sheet').replaceChildren(), { once: true })
  print()
}
