import { getHeapSnapshot } from 'node:v8'

interface Snapshot {
  readonly snapshot: {
    readonly meta: { readonly node_fields: readonly string[]; readonly node_types: readonly (readonly string[])[] }
  }
  readonly nodes: readonly number[]
}

/** Types of what V8 compiles and learns while a program runs. */
const OF_THE_ENGINE = ['code', 'hidden']

/** Measures the bytes that JavaScript has made in this process, after collection. */
export async function heapUsed(): Promise<number> {
  let text = ''
  for await (const part of getHeapSnapshot().setEncoding('utf8')) text += part
  const { snapshot, nodes }: Snapshot = JSON.parse(text)
  const { node_fields: fields, node_types: types } = snapshot.meta
  const [type, size] = [fields.indexOf('type'), fields.indexOf('self_size')]
  let bytes = 0
  for (let node = 0; node < nodes.length; node += fields.length)
    if (!OF_THE_ENGINE.includes(types[type]![nodes[node + type]!]!)) bytes += nodes[node + size]!
  return bytes
}
