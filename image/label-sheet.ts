import { encode } from 'uqr'
import { visible } from '../modules/codec/visible.js'

/** What a sticker tells. */
export interface Label {
  /** The set-up network. */
  readonly network: string
  readonly password: string
  readonly serial: string
  readonly name: string | undefined
}

/** Millimetres of a page, A4, and of a sticker: sheets with 3 times 8 of 70 x 37 mm are what most shops have. */
const PAGE = { width: 210, height: 297 } as const
const STICKER = { width: 70, height: 37 } as const
const COLUMNS = 3
const ROWS = 8
export const LABELS_A_PAGE = COLUMNS * ROWS

const TOP = (PAGE.height - ROWS * STICKER.height) / 2
const CODE = 29
const MARGIN = 4
/** Light modules that a reader needs around a code. */
const QUIET = 4
const TEXT_AT = MARGIN + CODE + 1
/** Characters of the name that fit on a line. */
const LONGEST_NAME = 20

/** A page of stickers as SVG, row by row. @param labels `LABELS_A_PAGE` at most */
export function labelSheet(labels: readonly Label[]): string {
  const stickers = labels.map((label, i) => {
    const x = (i % COLUMNS) * STICKER.width
    const y = TOP + Math.floor(i / COLUMNS) * STICKER.height
    // What is too wide is cut off, not printed on the next sticker.
    return `<svg x="${x}" y="${y}" width="${STICKER.width}" height="${STICKER.height}">${sticker(label)}</svg>\n`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${PAGE.width}mm" height="${PAGE.height}mm" viewBox="0 0 ${PAGE.width} ${PAGE.height}">
<rect width="100%" height="100%" fill="#fff"/>
<g font-family="Helvetica, Arial, sans-serif" font-size="2.8">
${stickers.join('')}</g>
</svg>
`
}

/** The modules of the code that a telephone joins the network by, row by row; true is dark. */
function networkCode({ network, password }: Label): readonly (readonly boolean[])[] {
  return encode(`WIFI:T:WPA;S:${network};P:${password};;`, { ecc: 'M', border: QUIET }).data
}

function sticker(label: Label): string {
  const modules = networkCode(label)
  const lines = [
    ...(label.name === undefined ? [] : [`<tspan ${next(4)}>${escaped(cut(label.name))}</tspan>`]),
    `<tspan ${next(5)} font-weight="bold" font-size="4.2">${label.serial}</tspan>`,
    `<tspan ${next(6)}>${label.network}</tspan>`,
    `<tspan ${next(4)} font-family="monospace" font-size="2.6">${label.password}</tspan>`,
  ]
  return `<path fill="#000" shape-rendering="crispEdges" transform="translate(${MARGIN} ${MARGIN}) scale(${CODE / modules.length})" d="${outline(modules)}"/><text y="9">${lines.join('')}</text>`
}

function next(down: number): string {
  return `x="${TEXT_AT}" dy="${down}"`
}

/** Each run of dark modules as a rectangle. */
function outline(modules: readonly (readonly boolean[])[]): string {
  return modules
    .flatMap((row, y) =>
      [
        ...row
          .map((isDark) => (isDark ? '#' : ' '))
          .join('')
          .matchAll(/#+/g),
      ].map(({ 0: run, index }) => `M${index} ${y}h${run.length}v1h-${run.length}z`),
    )
    .join('')
}

function cut(name: string): string {
  const characters = [...visible(name)]
  return characters.length > LONGEST_NAME ? `${characters.slice(0, LONGEST_NAME - 1).join('')}…` : characters.join('')
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;')
}
