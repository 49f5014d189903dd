import { readFileSync } from 'node:fs'
import { bundlePage, bundleStyle, bundleWorker } from './bundle.js'
import { flashPage } from './flash/file.js'
import { hashOf, inside, policy } from './policy.js'

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
    ['flash.html', await flashPage()],
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
