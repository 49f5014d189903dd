import { readFileSync } from 'node:fs'
import { BOARDS } from '../../tools/boards.js'
import { bundleFlash, bundleFlashStyle } from '../bundle.js'
import { hashOf, inside, policy } from '../policy.js'

/** The page that flashes and sets up a board, in one file: it opens from a disk, too. */
export async function flashPage(): Promise<string> {
  const page = readFileSync(new URL('page/flash.html', import.meta.url), 'utf8')
  const [script, style] = await Promise.all([bundleFlash(), bundleFlashStyle()])
  const parts: Readonly<Record<string, string>> = {
    POLICY: policy(`script-src '${hashOf(script)}'; style-src '${hashOf(style)}'`),
    STYLE: `<style>${inside(style, 'style')}</style>`,
    // What this repository has manifests for is built for the ESP32.
    BOARDS: Object.keys(BOARDS)
      .map((board) => `<option value="esp32:${board}">${board}, an ESP32</option>`)
      .join(''),
    SCRIPTS: `<script>${inside(script, 'script')}</script>`,
  }
  return page.replace(/@(POLICY|STYLE|BOARDS|SCRIPTS)@/g, (_, name: string) => parts[name]!)
}
