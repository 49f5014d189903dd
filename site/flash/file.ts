import { readFileSync } from 'node:fs'
import { BOARDS } from '../../tools/boards.js'
import { bundleFlash, bundleFlashStyle } from '../bundle.js'
import { pageOf } from '../layout.js'
import { hashOf, inside } from '../policy.js'

/** The page that flashes and sets up a board, in one file: it opens from a disk, too. */
export async function flashFiles(): Promise<readonly (readonly [string, string])[]> {
  const [script, style] = await Promise.all([bundleFlash(), bundleFlashStyle()])
  // What this repository has manifests for is built for the ESP32.
  const boards = Object.keys(BOARDS).map((board) => `<option value="esp32:${board}">${board}, an ESP32</option>`)
  const page = pageOf({
    file: 'flash.html',
    title: 'Flash and set up a MeterLogger',
    description:
      'Writes the MeterLogger firmware to an ESP32 from your browser, and gives the board its key and network.',
    skip: 'Skip to the steps',
    allows: `script-src '${hashOf(script)}'; style-src '${hashOf(style)}'; img-src data:`,
    style: `<style>${inside(style, 'style')}</style>`,
    scripts: `<script>${inside(script, 'script')}</script>`,
    body: readFileSync(new URL('page/flash.html', import.meta.url), 'utf8').replace('@BOARDS@', boards.join('')),
  })
  return [['flash.html', page]]
}
