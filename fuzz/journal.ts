import { equal, ok } from 'node:assert/strict'
import { promptJournal } from '../hosttest/support/journal.js'
import { SimulatedFlash } from '../twin/flash.js'

const SECTORS = 6
const PLACES = 4
const START = 1_800_000_000

/**
 * A journal in use opens after bytes of the input have been written over it in four places. New samples get through, each
 * once and under its own name.
 */
export default function journal(bytes: Uint8Array): void {
  const flash = new SimulatedFlash({ sectors: SECTORS, sectorSize: 512 })
  let now = START
  const open = () => promptJournal(flash, START)
  const sample = (to: ReturnType<typeof open>, text: string) =>
    to.append({ prefix: '/s/', at: (now++ - START) * 1000, text })
  const before = open()
  for (let i = 0; i < 100; i++) sample(before, `old ${i}`)

  const piece = Math.ceil(bytes.length / PLACES)
  for (let at = 0; at < bytes.length; at += piece) {
    const part = bytes.subarray(at + 3, at + piece)
    const to = (((bytes[at]! << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)) >>> 0) % flash.size
    flash.bytes.set(part.subarray(0, flash.size - to), to)
  }
  const after = open()
  after.journal.onConnected()
  for (let i = 0; i < 5; i++) ok(sample(after, `new ${i}`), 'not written')
  const texts: string[] = []
  for (let left = 2000; ; left--) {
    ok(left > 0, 'never comes to its end')
    const message = after.next(true)
    if (message === undefined) break
    texts.push(message.text)
    if (!message.published) after.journal.sent()
    if (!message.received) after.journal.received()
    after.journal.delivered()
  }
  for (let i = 0; i < 5; i++) equal(texts.filter((text) => text === `new ${i}`).length, 1)
}
