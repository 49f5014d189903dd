import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Paths from the root of the repository. */
interface Manifests {
  readonly plain: string
  /** BLE takes flash and memory and shares the radio with Wi-Fi. */
  readonly ble: string
  /** TLS takes flash and memory. */
  readonly tls: string
  readonly bleTls: string
}

/** The board whose manifest `mcconfig` takes when it is given none. */
const DEFAULT = 'devkit'

/** The boards by name: each is a file in `manifests/boards`. */
export const BOARDS: Readonly<Record<string, Manifests>> = Object.fromEntries(
  readdirSync(fileURLToPath(new URL('../manifests/boards', import.meta.url)))
    .map((file) => file.replace(/\.json$/, ''))
    .sort((a, b) => Number(b === DEFAULT) - Number(a === DEFAULT) || a.localeCompare(b))
    .map((board) => [
      board,
      {
        plain: board === DEFAULT ? 'manifest.json' : `manifests/${board}.json`,
        ble: `manifests/${board}-ble.json`,
        tls: `manifests/${board}-tls.json`,
        bleTls: `manifests/${board}-ble-tls.json`,
      },
    ]),
)

interface BoardManifest {
  readonly build: { readonly NAME: string }
  readonly include: readonly string[]
}

/** The manifests of a board as `npm run manifest` writes them, by path. */
export function boardManifests(board: string): Readonly<Record<string, BoardManifest>> {
  const { plain, ble, tls, bleTls } = BOARDS[board]!
  const name = board === DEFAULT ? 'meterlogger' : `meterlogger-${board}`
  const manifest = (path: string, suffix: string, ...variants: readonly string[]) => {
    const folder = path.includes('/') ? '.' : './manifests'
    return {
      build: { NAME: `${name}${suffix}` },
      // `update sign` finds it in the image.
      config: { mark: `meterlogger-variant=${board}${suffix};` },
      include: ['base', `boards/${board}`, ...variants].map((file) => `${folder}/${file}.json`),
    }
  }
  return {
    [plain]: manifest(plain, '', 'without-ble', 'without-tls'),
    [ble]: manifest(ble, '-ble', 'ble', 'without-tls'),
    [tls]: manifest(tls, '-tls', 'without-ble', 'tls'),
    [bleTls]: manifest(bleTls, '-ble-tls', 'ble', 'tls'),
  }
}
