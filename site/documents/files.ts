import { readFileSync } from 'node:fs'
import { escaped } from '../../decoders/escaped.js'
import { bundleDocuments } from '../bundle.js'
import { pageOf, toRoot } from '../layout.js'
import { CONTENTS, DOCUMENTS } from './contents.js'
import { pageFile, type Rendered, render } from './markdown.js'
import { PIECES, pieceLink } from './pieces.js'

const INDEX = 'docs/index.html'
const SEARCH = `<search class="search"><label for="search">Search the documentation</label> <input type="search" id="search" autocomplete="off" spellcheck="false" aria-describedby="search-count"><p class="say" id="search-count" role="status"></p><ol class="found" id="found" aria-label="What was found" hidden></ol></search>`

/** The documents as pages, their contents as another one, and what searches them. */
export async function documentFiles(): Promise<readonly (readonly [string, string])[]> {
  const rendered = renderedDocuments()
  const titles = new Map([...rendered].map(([path, { title }]) => [path, title]))
  const pages = [...rendered].map(
    ([path, { title, html }]) => [pageFile(path), documentPage(path, title, html, titles)] as const,
  )
  return [
    ...pages,
    [INDEX, contentsPage(titles)],
    ['docs.js', await bundleDocuments()],
    ['search-index.js', `globalThis.SEARCH_INDEX = ${JSON.stringify(sectionsOf(rendered))}`],
  ]
}

/** What every document becomes, by its place in the repository. */
export function renderedDocuments(): ReadonlyMap<string, Rendered> {
  return new Map(
    DOCUMENTS.map((path) => [path, render(path, readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'))]),
  )
}

/** Of each section: the page, the document's title, the heading, its anchor, the text. */
function sectionsOf(rendered: ReadonlyMap<string, Rendered>): readonly (readonly string[])[] {
  return [...rendered].flatMap(([path, { title, sections }]) =>
    sections.map(({ heading, anchor, text }) => [pageFile(path), title, heading, anchor, text]),
  )
}

function documentPage(path: string, title: string, html: string, titles: ReadonlyMap<string, string>): string {
  const file = pageFile(path)
  const root = toRoot(file)
  const pieces = (PIECES[path] ?? []).map((piece) => `<li>${pieceLink(piece, root)}</li>`)
  const aside =
    pieces.length === 0
      ? ''
      : `<aside class="pieces" aria-label="Try it"><b>Try it</b><ul>${pieces.join('')}</ul></aside>`
  // It stands below the title.
  const body = html.replace('</h1>\n', (end) => `${end}${aside}`)
  return frame(
    file,
    title,
    `<nav class="contents" aria-label="Documents">${contents(file, titles)}</nav>`,
    `${SEARCH}<article class="document">${body}</article>`,
  )
}

function contentsPage(titles: ReadonlyMap<string, string>): string {
  const body = `<h1>Documentation</h1>${SEARCH}<div class="all">${contents(INDEX, titles, true)}</div>`
  return frame(INDEX, 'Documentation', '', body)
}

function frame(file: string, title: string, nav: string, main: string): string {
  const root = toRoot(file)
  return pageOf({
    file,
    title: file === 'README.html' ? title : `${title} – MeterLogger`,
    description: `MeterLogger: ${title}`,
    skip: 'Skip to the text',
    allows: `script-src 'self'; style-src 'self'; img-src 'self' data:; frame-src 'self'`,
    style: `<link rel="stylesheet" href="${root}style.css">`,
    scripts: `<script src="${root}docs.js"></script>`,
    body: `<div class="reading" data-root="${root}">${nav}<main id="main">${main}</main></div>`,
  })
}

/** All documents, in groups; the one of this page is open. */
function contents(file: string, titles: ReadonlyMap<string, string>, isWhole = false): string {
  return CONTENTS.map(({ name, documents }) => {
    const links = documents.map((path) => {
      const current = pageFile(path) === file ? ' aria-current="page"' : ''
      return `<li><a href="${toRoot(file)}${pageFile(path)}"${current}>${escaped(titles.get(path)!)}</a></li>`
    })
    if (isWhole) return `<section><h2>${name}</h2><ul>${links.join('')}</ul></section>`
    const isOpen = documents.some((path) => pageFile(path) === file)
    return `<details${isOpen ? ' open' : ''}><summary>${name}</summary><ul>${links.join('')}</ul></details>`
  }).join('')
}
