import { readFileSync } from 'node:fs'
import { bundleTools, bundleToolsWorker } from './bundle.js'
import { pageOf } from './layout.js'

/** The page of the tools, its script, and the worker that has the decoders. */
export async function toolsFiles(): Promise<readonly (readonly [string, string])[]> {
  const [script, worker] = await Promise.all([bundleTools(), bundleToolsWorker()])
  const page = pageOf({
    file: 'tools.html',
    title: 'MeterLogger tools',
    description: 'Decode telegrams of meters, frames, sealed messages and KEM files in your browser.',
    skip: 'Skip to the tools',
    allows: `script-src 'self'; style-src 'self'; worker-src 'self'; img-src data:`,
    style: '<link rel="stylesheet" href="style.css">',
    scripts: '<script src="tools.js"></script>',
    body: readFileSync(new URL('page/tools.html', import.meta.url), 'utf8'),
  })
  return [
    ['tools.html', page],
    ['tools.js', script],
    ['tools-worker.js', worker],
  ]
}
