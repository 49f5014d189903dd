/** The element of the page with this id. */
export function byId<T extends Element = HTMLElement>(id: string): T {
  const found = document.getElementById(id)
  if (found === null) throw new Error(`no element ${id}`)
  return found as unknown as T
}

/** Makes an element with a class and a content. Texts stay texts. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  className = '',
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name)
  if (className !== '') element.className = className
  element.append(...content)
  return element
}

/** Writes a text where it has changed, because each change costs the browser a layout. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text
}

/** Puts an entry at the head of a list that keeps `most` of them. */
export function prepend(list: Element, entry: Element, most: number): void {
  list.prepend(entry)
  while (list.childElementCount > most) list.lastElementChild?.remove()
}

/** The time of day of unix ms, in UTC. */
export function timeOfDay(unix: number): string {
  return new Date(unix).toISOString().slice(11, 19)
}
