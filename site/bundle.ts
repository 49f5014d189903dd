import { fileURLToPath } from 'node:url'
import { type BuildOptions, build, type Plugin } from 'esbuild'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

const COMMON = {
  bundle: true,
  write: false,
  minify: true,
  format: 'iife',
  target: 'es2022',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  charset: 'utf8',
  legalComments: 'none',
} as const satisfies BuildOptions

/** Web Crypto answers later, where the firmware and the decoders expect an answer at once. */
const CRYPTO = { 'node:crypto': `${ROOT}hosttest/xs/shim/crypto.ts` } as const

/** The script of the worker: the firmware, the twin's world, and what runs it. It has no Node in it. */
export function bundleWorker(): Promise<string> {
  return bundle({ entryPoints: [`${ROOT}site/worker/main.ts`], alias: CRYPTO })
}

/** The script of the playground's page. */
export function bundlePage(): Promise<string> {
  return bundle({ entryPoints: [`${ROOT}site/page/main.ts`] })
}

/** The script of the worker that has the decoders. */
export function bundleToolsWorker(): Promise<string> {
  return bundle({
    entryPoints: [`${ROOT}site/worker/tools.ts`],
    // sax does without streams where there are none.
    alias: { ...CRYPTO, stream: `${ROOT}site/worker/no-stream.ts` },
  })
}

/** The script of the tools' page. */
export function bundleTools(): Promise<string> {
  return bundle({ entryPoints: [`${ROOT}site/page/tools/main.ts`] })
}

/** The script of the documents' pages. */
export function bundleDocuments(): Promise<string> {
  return bundle({ entryPoints: [`${ROOT}site/page/documents/main.ts`] })
}

/** The style of all pages, with that of the charts. */
export function bundleStyle(): Promise<string> {
  return bundle({ entryPoints: [`${ROOT}site/page/style.css`] })
}

/** The script of the page that flashes. */
export function bundleFlash(): Promise<string> {
  return bundle({
    entryPoints: [`${ROOT}site/flash/page/main.ts`],
    alias: { 'node:crypto': `${ROOT}hosttest/xs/shim/crypto.ts` },
    plugins: [ONLY_OUR_CHIPS],
    // The library decodes base64 by what Node has, or by what a browser has.
    mainFields: ['browser', 'module', 'main'],
  })
}

/** The style of that page. */
export function bundleFlashStyle(): Promise<string> {
  return bundle({ entryPoints: [`${ROOT}site/flash/page/flash.css`] })
}

/** Programs of esptool-js for chips that the firmware does not know: 150 kB. */
const ONLY_OUR_CHIPS: Plugin = {
  name: 'only our chips',
  setup({ onLoad }) {
    onLoad({ filter: /stub_flasher.*\.json$/ }, ({ path }) =>
      /esp32(c3)?\.json$/.test(path) ? undefined : { contents: '{}', loader: 'json' },
    )
  },
}

async function bundle(options: BuildOptions): Promise<string> {
  const { outputFiles } = await build({ ...COMMON, ...options, write: false })
  // In a text of JavaScript it is the same, and it does not end the element that the script stands in.
  return outputFiles[0]!.text.replaceAll('</script', '<\\/script')
}
