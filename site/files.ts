import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { bundlePage, bundleStyle, bundleWorker } from './bundle.js'

/** Where the pieces go into the page. */
const PLACES = /@(POLICY|STYLE|SCRIPTS)@/g

/** The site's files by their names: the page with its parts beside it, and the same in one file, which opens from a disk. */
export async function siteFiles(): Promise<ReadonlyMap<string, string>> {
  const page = readFileSync(new URL('page/index.html', import.meta.url), 'utf8')
  const [worker, script, style] = await Promise.all([bundleWorker(), bundlePage(), bundleStyle()])
  const filled = (parts: Readonly<Record<string, string>>) =>
    page.replace(PLACES, (_, name: string) => parts[name] ?? '')
  return new Map([
    [
      'index.html',
      filled({
        POLICY: policy(`script-src 'self'; style-src 'self'; worker-src 'self'`),
        STYLE: '<link rel="stylesheet" href="style.css">',
        SCRIPTS: '<script src="page.js"></script>',
      }),
    ],
    ['page.js', script],
    ['worker.js', worker],
    ['style.css', style],
    [
      'playground.html',
      filled({
        POLICY: policy(`script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; worker-src blob:`),
        STYLE: `<style>${inside(style, 'style')}</style>`,
        SCRIPTS: `<script type="text/plain" id="worker">${inside(worker, 'script')}</script>\n<script>${inside(script, 'script')}</script>`,
      }),
    ],
  ])
}

/** Nothing from anywhere but what is named. */
function policy(own: string): string {
  return `default-src 'none'; ${own}; img-src data:; form-action 'none'; base-uri 'none'`
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

/** A text as it may stand in an element. Throws where it has that element's end in it, which no bundle should have. */
function inside(text: string, name: 'script' | 'style'): string {
  if (new RegExp(`</${name}|<!--`, 'i').test(text)) throw new Error(`a bundle has the end of <${name}> in it`)
  return text
}
