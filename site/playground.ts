import { readFileSync } from 'node:fs'
import { bundlePage, bundleWorker } from './bundle.js'
import { pageOf } from './layout.js'
import { hashOf, inside } from './policy.js'

const COMMON = {
  title: 'MeterLogger playground',
  description: 'The firmware of MeterLogger in your browser, with a heat meter, a network and a broker around it.',
  skip: 'Skip to the device',
  ways: '<button type="button" id="tour-start">Tour, 2 minutes</button> <button type="button" id="link" class="quiet">Copy link</button>',
} as const

/** The playground with its parts beside it, and the same in one file, which opens from a disk. */
export async function playgroundFiles(style: string): Promise<readonly (readonly [string, string])[]> {
  const body = readFileSync(new URL('page/playground.html', import.meta.url), 'utf8')
  const [worker, script] = await Promise.all([bundleWorker(), bundlePage()])
  return [
    [
      'index.html',
      pageOf({
        ...COMMON,
        file: 'index.html',
        allows: `script-src 'self'; style-src 'self'; worker-src 'self'; img-src data:`,
        style: '<link rel="stylesheet" href="style.css">',
        scripts: '<script src="page.js"></script>',
        body,
      }),
    ],
    ['page.js', script],
    ['worker.js', worker],
    [
      'playground.html',
      pageOf({
        ...COMMON,
        file: 'playground.html',
        isAlone: true,
        allows: `script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; worker-src blob:; img-src data:`,
        style: `<style>${inside(style, 'style')}</style>`,
        scripts: `<script type="text/plain" id="worker">${inside(worker, 'script')}</script>\n<script>${inside(script, 'script')}</script>`,
        body,
      }),
    ],
  ]
}
