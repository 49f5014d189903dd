// node only
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Target } from '../../fuzz/engine/fuzzer.js'
import { fuzz, inputsIn } from '../../fuzz/engine/run.js'

const FUZZ = fileURLToPath(new URL('../../fuzz/', import.meta.url))

describe('the fuzzer', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
  after(() => rmSync(folder, { recursive: true }))

  function run(name: string, body: string) {
    const source = join(folder, `${name}.ts`)
    writeFileSync(source, `export default function (bytes: Uint8Array): void {\n${body}\n}\n`)
    return fuzz({ name, source, seeds: [Buffer.from('hello')], limit: { milliseconds: 300_000 }, randomSeed: 1 })
  }

  it('finds a defect behind bytes that only coverage leads to, and minimises its input', async () => {
    const { failure } = await run(
      'planted',
      `const at = bytes.indexOf(0x40)
       if (at < 0 || bytes[at + 1] !== 0x3f) return
       if (bytes[at + 2] !== 0x10) return
       if (bytes[at + 3] !== 0x0d) return
       throw new Error('planted')`,
    )
    match(failure!.error, /^Error: planted/)
    deepEqual([...failure!.input], [0x40, 0x3f, 0x10, 0x0d])
  })

  it('finds a word that the code compares with', async () => {
    const { failure } = await run(
      'word',
      `if (String.fromCharCode(...bytes).includes('open_until')) throw new Error('word')`,
    )
    equal(Buffer.from(failure!.input).toString(), 'open_until')
  })

  it('reports the input that hangs', async () => {
    const hang = await run('hang', 'while (bytes.length > 5 && bytes[0] === 0x68);')
    match(hang.failure!.error, /hangs/)
    ok(hang.failure!.input.length > 5 && hang.failure!.input[0] === 0x68)
  })

  it('reports the input that eats the memory', async () => {
    const heap = await run(
      'heap',
      'const all = []; while (bytes.length > 6) all.push(new Array(1_000_000).fill(bytes.length))',
    )
    match(heap.failure!.error, /memory/)
    ok(heap.failure!.input.length > 6)
  })
})

describe('every input of the fuzzing corpus', () => {
  for (const file of readdirSync(FUZZ).filter((name) => name.endsWith('.ts'))) {
    const name = file.slice(0, -'.ts'.length)
    it(`of ${name} passes`, async () => {
      const { default: target } = (await import(join(FUZZ, file))) as { default: Target }
      const inputs = inputsIn(join(FUZZ, 'corpus', name))
      ok(inputs.length > 0, 'there are none')
      for (const input of inputs) await target(input)
    })
  }
})
