import { equal, ok } from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { twinPicture } from '../../tools/twin-picture.js'

describe("the terminal's picture in README", () => {
  it('is what a twin shows; `npm run picture` draws it anew', async () => {
    const picture = await twinPicture()
    for (const part of ['/sample/v2/9999999/', '> ping', '/ping/v2/9999999/', 'Wi-Fi twin | broker connected'])
      ok(picture.includes(part), `${part} is not in\n${picture}`)
    const drawn = readFileSync(new URL('../../docs/twin.svg', import.meta.url), 'utf8')
    // Another release is no reason to draw it anew.
    const [kept, now] = [drawn, picture].map((svg) => svg.replace(/twin-[\w.+-]+?-node/, 'twin-VERSION-node'))
    equal(kept, now)
  })
})
