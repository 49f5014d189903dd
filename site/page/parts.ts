/**
 * Shows only the parts that `part` of the link names, by their ids: a document has the page in a frame then.
 * @returns whether it names some
 */
export function showParts(): boolean {
  const parts = new URLSearchParams(location.hash.slice(1)).getAll('part')
  if (parts.length === 0) return false
  document.documentElement.classList.add('in-document')
  for (const element of document.querySelectorAll<HTMLElement>('.panel, .part'))
    element.hidden = !parts.includes(element.id)
  for (const link of document.querySelectorAll('a')) link.target = '_top'
  return true
}
