import { byId, write } from '../../page/dom.js'

/** Shows a text in an element that is hidden without one. */
export function say(id: string, text: string | undefined): void {
  const element = byId(id)
  write(element, text ?? '')
  element.hidden = text === undefined
}
