/** A section as the index has it: page, title of the document, heading, anchor, text. */
export type Entry = readonly [page: string, title: string, heading: string, anchor: string, text: string]

export interface Found {
  readonly entry: Entry
  /** The text around the first word that was found. */
  readonly excerpt: string
}

const MOST = 30
const BEFORE = 40
const AROUND = 160
/** What a word is worth, by where it stands. */
const IN_TITLE = 20
const IN_HEADING = 30
const AT_BEGIN = 10
const MOST_TIMES = 5

/** The sections that have all words of a question, each anywhere and in part; the best first. */
export function search(index: readonly Entry[], question: string): readonly Found[] {
  const words = question
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  if (words.length === 0) return []
  const scored: { entry: Entry; score: number }[] = []
  for (const entry of index) {
    const score = scoreOf(entry, words)
    if (score > 0) scored.push({ entry, score })
  }
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, MOST)
    .map(({ entry }) => ({ entry, excerpt: excerptOf(entry[4], words) }))
}

/** 0 where a word is nowhere. */
function scoreOf([, title, heading, , text]: Entry, words: readonly string[]): number {
  const [inTitle, inHeading, inText] = [title.toLowerCase(), heading.toLowerCase(), text.toLowerCase()]
  let score = 0
  for (const word of words) {
    const times = Math.min(MOST_TIMES, inText.split(word).length - 1)
    const isTitle = inTitle.includes(word)
    const isHeading = inHeading.includes(word)
    if (times === 0 && !isTitle && !isHeading) return 0
    // A title alone finds the first section only, whose heading it is.
    score += times + (isHeading ? IN_HEADING : 0) + (isTitle && isHeading ? IN_TITLE : 0)
    if (inHeading.startsWith(word)) score += AT_BEGIN
  }
  return score
}

function excerptOf(text: string, words: readonly string[]): string {
  const lower = text.toLowerCase()
  const places = words.map((word) => lower.indexOf(word)).filter((at) => at >= 0)
  // From the beginning of a word to the end of one.
  const from = text.lastIndexOf(' ', Math.min(...(places.length > 0 ? places : [0])) - BEFORE) + 1
  const isWhole = text.length <= from + AROUND
  const to = isWhole ? text.length : text.lastIndexOf(' ', from + AROUND)
  return `${from > 0 ? '… ' : ''}${text.slice(from, to)}${isWhole ? '' : ' …'}`
}
