/** The anchors of the headings of one document, as GitHub makes them. */
export class Slugs {
  #used = new Map<string, number>()

  /** @param heading as it is read, without marks of Markdown */
  of(heading: string): string {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-')
    const times = this.#used.get(slug) ?? 0
    this.#used.set(slug, times + 1)
    return times === 0 ? slug : `${slug}-${times}`
  }
}
