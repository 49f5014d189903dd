import { type Entry, search } from '../../documents/search.js'
import { byId, make, write } from '../dom.js'
import { offerFrames } from './frames.js'

declare global {
  /** What `search-index.js` holds. */
  var SEARCH_INDEX: readonly Entry[] | undefined
}

const input = byId<HTMLInputElement>('search')
const list = byId('found')
const root = document.querySelector<HTMLElement>('.reading')!.dataset.root ?? ''
let loading: Promise<void> | undefined

offerFrames()
input.addEventListener('focus', () => void loaded())
input.addEventListener('input', () => void show())
input.addEventListener('keydown', (event) => {
  const [first] = links()
  if (event.key === 'Escape') {
    input.value = ''
    void show()
  } else if (first !== undefined && event.key === 'ArrowDown') first.focus()
  else if (first !== undefined && event.key === 'Enter') first.click()
  else return
  event.preventDefault()
})
list.addEventListener('keydown', (event) => {
  const all = links()
  const at = all.indexOf(document.activeElement as HTMLAnchorElement)
  if (event.key === 'ArrowDown') all[Math.min(all.length - 1, at + 1)]?.focus()
  else if (event.key === 'ArrowUp') (at > 0 ? all[at - 1] : input)?.focus()
  else if (event.key === 'Escape') input.focus()
  else return
  event.preventDefault()
})
addEventListener('keydown', (event) => {
  const isTyping = document.activeElement?.matches('input, textarea, select') ?? false
  if (event.key !== '/' || isTyping) return
  event.preventDefault()
  input.focus()
})

function links(): HTMLAnchorElement[] {
  return [...list.querySelectorAll('a')]
}

/** Loads the index, which nobody needs who does not search. */
function loaded(): Promise<void> {
  loading ??= new Promise((resolve) => {
    const script = make('script')
    script.src = `${root}search-index.js`
    script.addEventListener('load', () => resolve())
    script.addEventListener('error', () => {
      loading = undefined
      write(byId('search-count'), 'The index was not loaded.')
    })
    document.head.append(script)
  })
  return loading
}

async function show(): Promise<void> {
  await loaded()
  const found = search(SEARCH_INDEX ?? [], input.value)
  const isAsked = input.value.trim() !== ''
  write(byId('search-count'), isAsked ? countWords(found.length) : '')
  list.hidden = found.length === 0
  list.replaceChildren(
    ...found.map(({ entry: [page, title, heading, anchor], excerpt }) => {
      const link = make('a', '', heading === title ? title : `${title}: ${heading}`)
      link.href = `${root}${page}#${anchor}`
      return make('li', '', link, make('p', 'say', excerpt))
    }),
  )
}

function countWords(count: number): string {
  if (count === 0) return 'Nothing has all these words.'
  return count === 1 ? '1 section' : `${count} sections, the best first`
}
