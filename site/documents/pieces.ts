import { EXAMPLES } from '../tools/examples.js'
import { FAULT_WORDS } from '../world/fault-words.js'

/** A way from a document into the playground or to a tool. */
export interface Piece {
  readonly words: string
  /** From the root of the site. */
  readonly href: string
}

const PLAY = 'index.html'
const TOOLS = 'tools.html'

/** What stands at the beginning of a document. */
export const PIECES: Readonly<Record<string, readonly Piece[]>> = {
  'README.md': [{ words: 'The firmware in this browser', href: PLAY }],
  'docs/playground.md': [{ words: 'The playground itself', href: PLAY }],
  'docs/site.md': [{ words: 'The tools', href: TOOLS }],
  'docs/twin.md': [{ words: 'A twin in this browser', href: PLAY }],
  'docs/portal.md': [{ words: 'A device from the factory, and a phone beside it', href: `${PLAY}#fresh=1` }],
  'docs/commands.md': [{ words: 'A device that takes these commands, in this browser', href: PLAY }],
  'docs/faults.md': [{ words: 'Break the network of a device at 100 ×', href: `${PLAY}#speed=100` }],
  'docs/flowiq-owner.md': [
    { words: 'A FlowIQ over the air, in this browser', href: `${PLAY}#meter=flowiq` },
    { words: 'Open a KEM file', href: `${TOOLS}#kem` },
  ],
  'docs/radio-meters.md': [
    { words: 'A FlowIQ over the air, in this browser', href: `${PLAY}#meter=flowiq` },
    { words: 'Decode telegrams', href: `${TOOLS}#wmbus` },
  ],
  'docs/receivers.md': [{ words: 'Telegrams of several receivers, decoded here', href: `${TOOLS}#example=receivers` }],
  'docs/solve.md': [{ words: 'A header that is solved here', href: `${TOOLS}#example=solve` }],
  'docs/protocol/kmp.md': [
    { words: 'A MULTICAL 601 at the line, in this browser', href: PLAY },
    { words: 'Frames, decoded here', href: `${TOOLS}#example=kmp` },
  ],
  'docs/protocol/en61107.md': [
    { words: 'A MULTICAL 66-C at the line, in this browser', href: `${PLAY}#meter=mc66c` },
    { words: 'A data block, decoded here', href: `${TOOLS}#example=en61107` },
  ],
  'docs/protocol/impulse.md': [{ words: 'An impulse meter, in this browser', href: `${PLAY}#meter=impulse` }],
  'docs/protocol/vw1871.md': [
    { words: 'The concentrator without a link', href: `${PLAY}#meter=flowiq&fault=link+lost` },
  ],
  'docs/protocol/wireless-mbus.md': [{ words: 'Telegrams, decoded here', href: `${TOOLS}#example=flowiq` }],
  'docs/protocol/sealing.md': [
    { words: 'A message, byte by byte', href: `${TOOLS}#example=open` },
    { words: 'Sealed messages as they travel', href: PLAY },
  ],
  'docs/protocol/mqtt.md': [{ words: 'Packets as they travel', href: PLAY }],
}

/** The playground with this fault; undefined where the twin has none of that name. */
export function faultHref(name: string): string | undefined {
  if (!Object.hasOwn(FAULT_WORDS, name)) return undefined
  return `${PLAY}#${new URLSearchParams({ speed: '100', fault: name })}`
}

/** The tool with the example that stands in a block of a document. */
export function exampleHref(block: string): string | undefined {
  const bare = block.replaceAll(/\s|\\/g, '').toUpperCase()
  for (const [name, { fields }] of Object.entries(EXAMPLES)) {
    const [first = ''] = (fields.text ?? '').toUpperCase().split(/\s/)
    if (first.length >= 20 && bare.includes(first)) return `${TOOLS}#example=${name}`
  }
  return undefined
}
