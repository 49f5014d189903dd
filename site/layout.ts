import { escaped } from '../decoders/escaped.js'
import { PAGES } from './pages.js'
import { policy } from './policy.js'

export interface PageParts {
  /** Its place in the site, from the root. */
  readonly file: string
  readonly title: string
  readonly description: string
  /** What the policy allows beside nothing. */
  readonly allows: string
  /** Elements for the end of the head, and of the body. */
  readonly style: string
  readonly scripts: string
  /** Words of the link that passes over the head. */
  readonly skip: string
  readonly body: string
  /** Buttons in the head. */
  readonly ways?: string
  /** Whether it stands alone on a disk, without the other pages. */
  readonly isAlone?: boolean
}

const ICON = `<rect width='32' height='32' rx='6' fill='#0b57a4'/><path d='M6 24V16h5v8zM13.5 24V8h5v16zM21 24V13h5v11z' fill='#fff'/>`

/** A whole page: its head with the way to the others, and its body. */
export function pageOf(parts: PageParts): string {
  const { title, description, allows, style, scripts, skip, body, ways = '' } = parts
  const icon = `data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>${ICON}</svg>`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(allows)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="description" content="${escaped(description)}">
<title>${escaped(title)}</title>
<link rel="icon" href="${icon.replace(/[<>#]/g, encodeURIComponent)}">
${style}
</head>
<body>
<a class="skip" href="#main">${skip}</a>
<header class="top">
  <p class="home"><svg aria-hidden="true" viewBox="0 0 32 32" width="28" height="28">${ICON}</svg> MeterLogger</p>
  ${navigation(parts)}
  <div class="ways">${ways}</div>
</header>
${body}
${scripts}
</body>
</html>
`
}

/** What leads from a page to the root of the site. */
export function toRoot(file: string): string {
  return '../'.repeat(file.split('/').length - 1)
}

function navigation({ file, isAlone }: PageParts): string {
  if (isAlone) return ''
  const folder = (name: string) => name.split('/').slice(0, -1).join('/')
  const links = PAGES.map((page) => {
    // A document belongs to the documentation.
    const isHere = page.file === file || (folder(page.file) !== '' && !PAGES.some((other) => other.file === file))
    const current = isHere ? ` aria-current="${page.file === file ? 'page' : 'true'}"` : ''
    return `<li><a href="${toRoot(file)}${page.file}"${current}>${page.name}</a></li>`
  })
  return `<nav aria-label="Pages"><ul>${links.join('')}</ul></nav>`
}
