import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const DECISIONS = 'docs/decisions'

/** The documents, in the order of the navigation. A test looks that none is missing. */
export const CONTENTS: readonly { readonly name: string; readonly documents: readonly string[] }[] = [
  {
    name: 'Begin',
    documents: [
      'README.md',
      ...docs(
        'one-meter',
        'flowiq-owner',
        'fleet',
        'from-esp8266',
        'running',
        'troubleshooting',
        'errors',
        'playground',
        'site',
        'flash-in-the-browser',
      ),
    ],
  },
  {
    name: 'The device',
    documents: docs(
      'boards',
      'build-options',
      'portal',
      'commands',
      'update',
      'tls',
      'time',
      'faults',
      'memory',
      'journal',
      'flash-wear',
    ),
  },
  {
    name: 'Radio meters',
    documents: docs('radio-meters', 'flowiq', 'receivers', 'solve', 'bluetooth', 'public-telegrams'),
  },
  {
    name: 'On a computer',
    documents: docs('twin', 'simulator', 'configuration', 'bridge', 'web', 'database'),
  },
  {
    name: 'Protocols',
    documents: docs(
      ...['README', 'kmp', 'en61107', 'impulse', 'vw1871', 'wireless-mbus', 'sealing', 'mqtt', 'topics'].map(
        (name) => `protocol/${name}`,
      ),
    ),
  },
  {
    name: 'How it is made',
    documents: [
      ...docs('architecture', 'add-a-meter', 'testing', 'soak', 'emulated-chip', 'sdk-limits', 'dependencies'),
      'hosttest/board/README.md',
      'CONTRIBUTING.md',
      'SECURITY.md',
      'CHANGELOG.md',
    ],
  },
  { name: 'Decisions', documents: decisions() },
]

export const DOCUMENTS: readonly string[] = CONTENTS.flatMap(({ documents }) => documents)

function docs(...names: readonly string[]): readonly string[] {
  return names.map((name) => `docs/${name}.md`)
}

/** They have numbers, and are in that order. */
function decisions(): readonly string[] {
  const names = readdirSync(fileURLToPath(new URL(`../../${DECISIONS}`, import.meta.url))).sort()
  return [`${DECISIONS}/README.md`, ...names.filter((name) => /^\d/.test(name)).map((name) => `${DECISIONS}/${name}`)]
}
