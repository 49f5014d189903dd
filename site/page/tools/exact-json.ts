const PIECES = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/** JSON of which every number is a text with the digits that it was written with: 8.910 stays 8.910. */
export function exactJson(line: string): unknown {
  return JSON.parse(line.replace(PIECES, (piece) => (piece.startsWith('"') ? piece : `"${piece}"`)))
}
