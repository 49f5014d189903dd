import { posix } from 'node:path'
import { Marked, type Token, type Tokens } from 'marked'
import { escaped } from '../../decoders/escaped.js'
import { toRoot } from '../layout.js'
import { exampleIn, faultHref, pieceLink } from './pieces.js'
import { Slugs } from './slugs.js'

/** A heading with the text below it, for the search. */
export interface Section {
  readonly heading: string
  readonly anchor: string
  readonly text: string
}

export interface Rendered {
  readonly title: string
  readonly html: string
  readonly sections: readonly Section[]
  /** Files of the repository that it links to or shows, from the root. */
  readonly files: readonly string[]
}

/** The page of a document. */
export function pageFile(document: string): string {
  return document.replace(/\.md$/, '.html')
}

/** The copy of another file of the repository: whoever serves it shows it as text. */
export function copyFile(path: string): string {
  return /\.(png|svg)$/.test(path) ? path : `${path}.txt`
}

/** Makes the page of a document out of its Markdown. @param path from the root of the repository */
export function render(path: string, markdown: string): Rendered {
  const slugs = new Slugs()
  const files = new Set<string>()
  const sections: { heading: string; anchor: string; text: string }[] = []
  const root = toRoot(path)

  const target = (href: string): string => {
    if (/^(https?:|mailto:|#)/.test(href)) return href
    const [file = '', anchor] = href.split('#')
    const place = posix.join(posix.dirname(path), file)
    if (!place.endsWith('.md')) files.add(place)
    const to = place.endsWith('.md') ? pageFile(place) : copyFile(place)
    return `${posix.relative(posix.dirname(path), to)}${anchor === undefined ? '' : `#${anchor}`}`
  }

  const marked = new Marked({
    renderer: {
      heading({ tokens, depth }) {
        const text = plainText(tokens)
        const anchor = slugs.of(text)
        sections.push({ heading: text, anchor, text: '' })
        // For pointers: whoever listens has the headings themselves.
        const link = depth === 1 ? '' : ` <a class="anchor" href="#${anchor}" tabindex="-1" aria-hidden="true">#</a>`
        return `<h${depth} id="${anchor}">${this.parser.parseInline(tokens)}${link}</h${depth}>\n`
      },
      link({ href, tokens }) {
        return `<a href="${escaped(target(href))}">${this.parser.parseInline(tokens)}</a>`
      },
      image({ href, text }) {
        return `<img src="${escaped(target(href))}" alt="${escaped(text)}" loading="lazy">`
      },
      code({ text }) {
        const example = exampleIn(text)
        const way = example === undefined ? '' : `<p class="way">${pieceLink(example, root)}</p>`
        return `<pre tabindex="0"><code>${escaped(text)}</code></pre>${way}\n`
      },
      table({ header, rows }) {
        const cell = (name: 'th' | 'td', attributes: string, { tokens }: Tokens.TableCell, more = '') =>
          `<${name}${attributes}>${this.parser.parseInline(tokens)}${more}</${name}>`
        const head = header.map((one) => (one.text === '' ? '<td></td>' : cell('th', ' scope="col"', one)))
        const body = rows.map(
          (row) => `<tr>${row.map((one, i) => cell('td', '', one, i === 0 ? tryFault(one) : ''))}</tr>`,
        )
        return `<div class="wide-table" tabindex="0" role="group" aria-label="Table"><table class="rows"><thead><tr>${head.join('')}</tr></thead><tbody>${body.join('\n').replaceAll('</td>,<td', '</td><td')}</tbody></table></div>\n`
      },
    },
  })

  /** Beside the name of a fault stands the playground with it. */
  const tryFault = ({ text }: Tokens.TableCell): string => {
    const href = path === 'docs/faults.md' ? faultHref(text) : undefined
    return href === undefined
      ? ''
      : ` <a class="try" href="${root}${escaped(href)}" aria-label="try it: ${escaped(text)}">try it</a>`
  }

  const tokens = marked.lexer(markdown)
  const html = marked.parser(tokens)
  // The search finds what stands below a heading up to the next.
  let at = -1
  for (const token of tokens) {
    if (token.type === 'heading') at++
    else if (at >= 0) sections[at]!.text += ` ${plainText([token])}`
  }
  for (const section of sections) section.text = section.text.replaceAll(/\s+/g, ' ').trim()
  return { title: sections[0]?.heading ?? path, html, sections, files: [...files] }
}

/** What a person reads of tokens. */
function plainText(tokens: readonly Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'table') {
        const { header, rows } = token as Tokens.Table
        return [header, ...rows].map((row) => row.map(({ tokens: inner }) => plainText(inner)).join(' ')).join(' ')
      }
      if (token.type === 'list') return (token as Tokens.List).items.map((item) => plainText(item.tokens)).join(' ')
      if (token.type === 'br' || token.type === 'space') return ' '
      if ('tokens' in token && token.tokens !== undefined) return plainText(token.tokens)
      return 'text' in token ? unescapedText(String(token.text)) : ''
    })
    .join('')
}

/** marked escapes some texts for HTML already. */
function unescapedText(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
