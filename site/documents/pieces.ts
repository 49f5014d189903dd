import { escaped } from '../../decoders/escaped.js'
import { EXAMPLES } from '../tools/examples.js'
import type { ToolName } from '../tools/protocol.js'
import { FAULT_WORDS } from '../world/fault-words.js'

/** A way from a document into the playground or to a tool. */
export interface Piece {
  readonly words: string
  /** From the root of the site. */
  readonly href: string
  /** The parts of that page that the document shows in itself, by their ids. */
  readonly parts: readonly string[]
}

const PLAY = 'index.html'
const TOOLS = 'tools.html'

const played = (words: string, fragment: string, ...parts: readonly string[]): Piece => ({
  words,
  href: fragment === '' ? PLAY : `${PLAY}#${fragment}`,
  parts,
})
const example = (words: string, name: string): Piece => ({
  words,
  href: `${TOOLS}#example=${name}`,
  parts: [EXAMPLES[name]!.tool],
})
const tool = (words: string, name: ToolName): Piece => ({ words, href: `${TOOLS}#${name}`, parts: [name] })

/** What stands at the beginning of a document. */
export const PIECES: Readonly<Record<string, readonly Piece[]>> = {
  'README.md': [played('The firmware in this browser', '', 'way', 'messages')],
  'docs/playground.md': [{ words: 'The playground itself', href: PLAY, parts: [] }],
  'docs/site.md': [{ words: 'The tools', href: TOOLS, parts: [] }],
  'docs/twin.md': [played('A twin in this browser', '', 'way', 'says')],
  'docs/portal.md': [played('A device from the factory, and a phone beside it', 'fresh=1', 'phone-panel')],
  'docs/commands.md': [played('A device that takes these commands, in this browser', '', 'way', 'commands')],
  'docs/faults.md': [played('Break the network of a device at 100 ×', 'speed=100', 'faults', 'says')],
  'docs/flowiq-owner.md': [
    played('A FlowIQ over the air, in this browser', 'meter=flowiq', 'way', 'charts'),
    tool('Open a KEM file', 'kem'),
  ],
  'docs/radio-meters.md': [
    played('A FlowIQ over the air, in this browser', 'meter=flowiq', 'way', 'charts'),
    tool('Decode telegrams', 'wmbus'),
  ],
  'docs/receivers.md': [example('Telegrams of several receivers, decoded here', 'receivers')],
  'docs/solve.md': [example('A header that is solved here', 'solve')],
  'docs/protocol/kmp.md': [
    played('A MULTICAL 601 at the line, in this browser', '', 'way', 'charts'),
    example('Frames, decoded here', 'kmp'),
  ],
  'docs/protocol/en61107.md': [
    played('A MULTICAL 66-C at the line, in this browser', 'meter=mc66c', 'way', 'charts'),
    example('A data block, decoded here', 'en61107'),
  ],
  'docs/protocol/impulse.md': [played('An impulse meter, in this browser', 'meter=impulse', 'way', 'charts')],
  'docs/protocol/vw1871.md': [played('The concentrator without a link', 'meter=flowiq&fault=link+lost', 'way', 'says')],
  'docs/protocol/wireless-mbus.md': [example('Telegrams, decoded here', 'flowiq')],
  'docs/protocol/sealing.md': [
    example('A message, byte by byte', 'open'),
    played('Sealed messages as they travel', '', 'messages'),
  ],
  'docs/protocol/mqtt.md': [played('Packets as they travel', '', 'way', 'messages')],
}

/** The page of a piece with nothing but its parts, for a frame; undefined where it has none. */
function frameHref({ href, parts }: Piece): string | undefined {
  if (parts.length === 0) return undefined
  const [page, fragment = ''] = href.split('#')
  const given = new URLSearchParams(fragment.includes('=') ? fragment : '')
  for (const part of parts) given.append('part', part)
  return `${page}#${given}`
}

/** A link to a piece, which the script of the page opens in the document when somebody asks for it. */
export function pieceLink(piece: Piece, root: string): string {
  const frame = frameHref(piece)
  const opens = frame === undefined ? '' : ` data-frame="${escaped(root + frame)}"`
  return `<a href="${escaped(root + piece.href)}"${opens}>${escaped(piece.words)}</a>`
}

/** The playground with this fault; undefined where the twin has none of that name. */
export function faultHref(name: string): string | undefined {
  if (!Object.hasOwn(FAULT_WORDS, name)) return undefined
  return `${PLAY}#${new URLSearchParams({ speed: '100', fault: name })}`
}

/** The tool with the example that stands in a block of a document. */
export function exampleIn(block: string): Piece | undefined {
  const bare = block.replaceAll(/\s|\\/g, '').toUpperCase()
  for (const [name, { fields }] of Object.entries(EXAMPLES)) {
    const [first = ''] = (fields.text ?? '').toUpperCase().split(/\s/)
    if (first.length >= 20 && bare.includes(first)) return example('Decode it', name)
  }
  return undefined
}
