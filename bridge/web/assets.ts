import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import send from 'send'

const OWN = ['base.css', 'style.css', 'page.js', 'chart.js', 'line-chart.js', 'figures.js', 'marks.js', 'icon.svg']

/** The files that a page asks for, by their names: our own as they are, and those of uPlot out of its package. */
export class Assets {
  #files: ReadonlyMap<string, string>

  /** @param folder of our own files */
  constructor(folder: string) {
    const uplot = join(dirname(createRequire(join(folder, 'page.js')).resolve('uplot/package.json')), 'dist')
    this.#files = new Map([
      ...OWN.map((name) => [name, join(folder, name)] as const),
      ['uplot.js', join(uplot, 'uPlot.iife.min.js')],
      ['uplot.css', join(uplot, 'uPlot.min.css')],
    ])
  }

  /** @returns false where there is no such file */
  answer(name: string, request: IncomingMessage, response: ServerResponse): boolean {
    const file = this.#files.get(name)
    if (file === undefined) return false
    // Whoever comes again asks whether it is still the same.
    send(request, encodeURIComponent(file), { dotfiles: 'allow', maxAge: 0 }).pipe(response)
    return true
  }
}
