import { html, type Insert, type Markup } from './markup.js'

/** The zone in which pages tell times: that of this computer. */
export function zone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

export interface PageOptions {
  readonly title: string
  readonly main: Insert
  /** Whether the page follows what happens, and where it asks for that. */
  readonly live?: string | undefined
}

/** A whole page. */
export function page({ title, main, live }: PageOptions): string {
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/uplot.css">
<link rel="stylesheet" href="/assets/base.css">
<link rel="stylesheet" href="/assets/style.css">
<script src="/assets/uplot.js" defer></script>
<script src="/assets/page.js" type="module"></script>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header><a class="home" href="/">MeterLogger</a>
${live !== undefined && html`<button id="live" type="button" aria-pressed="true" data-live="${live}" hidden>Live</button>`}</header>
<main id="main">
${main}
</main>
<footer><p>All times are in the time zone ${zone()}.</p></footer>
</body>
</html>
`
  return body.text
}

/** A page that says what went wrong, and how to go on. */
export function problemPage(
  title: string,
  text: Insert,
  ways: readonly (readonly [href: string, text: string])[],
): string {
  return page({
    title,
    main: html`<h1>${title}</h1>
<p>${text}</p>
<ul>${ways.map(([href, words]) => html`<li><a href="${href}">${words}</a></li>`)}</ul>`,
  })
}

export interface Column {
  readonly name: string
  /** Whether it holds numbers. */
  readonly isNumber: boolean
}

/**
 * A table that becomes a list of cards where there is no room. The first cell of a row is its head.
 * @param caption for those who listen
 */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Markup[])[]): Markup {
  const [first, ...others] = columns
  return html`<table role="table" class="cards"><caption class="unseen">${caption}</caption>
<thead role="rowgroup"><tr role="row">${[first!, ...others].map(
    ({ name, isNumber }) => html`<th role="columnheader" scope="col"${isNumber && html` class="number"`}>${name}</th>`,
  )}</tr></thead>
<tbody role="rowgroup">
${rows.map(
  ([head, ...cells]) => html`<tr role="row">${head!}${cells.map(
    (cell, i) =>
      html`<td role="cell" data-label="${others[i]!.name}"${others[i]!.isNumber && html` class="number"`}>${cell}</td>`,
  )}</tr>
`,
)}</tbody></table>`
}
