import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** All documents for people, from the root of the repository. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .sort(),
]

export function document(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** The blocks of a document that are `sh` or `console`, also those within lists, as they are typed. */
export function blocks(path: string, kind: 'sh' | 'console'): readonly string[] {
  return [...document(path).matchAll(/^( *)```(\w+)\n(.*?)^ *```/gms)]
    .filter(([, , language]) => language === kind)
    .map(([, indent, , text]) => text!.replaceAll(new RegExp(`^${indent}`, 'gm'), ''))
}

/** What somebody types of a document: the lines of its blocks, and the commands of `npx` and `npm` within sentences. */
export function typed(path: string): readonly string[] {
  const lines = [
    ...blocks(path, 'sh').flatMap((text) => joined(text)),
    ...blocks(path, 'console').flatMap((text) => joined(text).filter((line) => line.startsWith('$ '))),
  ]
  const sentences = document(path)
    .replaceAll(/^ *```.*?^ *```/gms, '')
    .matchAll(/`((?:[A-Z_]+=\S+ )*(?:npx meterlogger|npm (?:run|start|test|ci))\b[^`]*)`/g)
  return [...lines, ...[...sentences].map((found) => found[1]!.replaceAll(/\s+/g, ' '))].map((line) =>
    line.replace(/ +# .*/, '').trim(),
  )
}

/** The lines of a block, with those that end in a backslash and the next ones in one. */
export function joined(text: string): string[] {
  return text.replaceAll(/\\\n\s*/g, '').split('\n')
}

/** What stands behind `meterlogger` in a line, word by word; a pipe ends it. */
export function commandsIn(line: string): readonly (readonly string[])[] {
  return line.split(/ [|&]+ /).flatMap((part) => {
    const found = /(?:^|[ =$('])npx meterlogger (.*)$/.exec(part)
    if (found !== null) return [found[1]!.replace(/['")]+$/, '').split(/\s+/)]
    const start = /\bnpm start(?: -- (.*))?$/.exec(part)
    return start === null ? [] : [['twin', ...(start[1]?.split(/\s+/) ?? [])]]
  })
}

export interface Example {
  readonly command: string
  /** What it prints, without the line feeds, which a page may have more of. */
  readonly output: string
  /** The page shows the beginning only. */
  readonly isCut: boolean
}

/** The commands of a `console` block with what each prints, and what comes before them. */
export function examples(block: string): readonly Example[] {
  return block.split(/^\$ /m).flatMap((part) => {
    if (part === '') return []
    const end = /(?<!\\)\n/.exec(part)!.index
    const input = /<<'END'\n.*?^END\n/ms.exec(part)
    const at = input === null ? end : input.index + input[0].length
    const output = part.slice(at).replaceAll('\n', '')
    return [{ command: part.slice(0, at), output: output.replace(/\.\.\.$/, ''), isCut: output.endsWith('...') }]
  })
}
