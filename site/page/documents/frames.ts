import { make, write } from '../dom.js'

/** Puts a button beside each link to a piece, which shows the piece in the document. */
export function offerFrames(): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-frame]')) link.after(' ', buttonOf(link))
}

function buttonOf(link: HTMLAnchorElement): HTMLButtonElement {
  const words = link.textContent
  const button = make('button', 'quiet', 'Show it here')
  let frame: HTMLIFrameElement | undefined
  button.type = 'button'
  button.setAttribute('aria-label', `Show it here: ${words}`)
  button.setAttribute('aria-expanded', 'false')
  button.addEventListener('click', () => {
    if (frame === undefined) {
      frame = make('iframe', 'frame')
      frame.title = words
      frame.src = link.dataset.frame!
      // Below the whole list of pieces.
      link.closest('aside, p')!.after(frame)
    } else {
      // A piece that nobody sees does not run on.
      frame.remove()
      frame = undefined
    }
    const isOpen = frame !== undefined
    button.setAttribute('aria-expanded', String(isOpen))
    write(button, isOpen ? 'Close it' : 'Show it here')
    button.setAttribute('aria-label', `${button.textContent}: ${words}`)
  })
  return button
}
