import { ok } from 'node:assert/strict'

const SAFETY_NET = 300_000

/** Waits until a condition holds. Fails after minutes, which are enough for a busy computer. */
export async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = performance.now() + SAFETY_NET
  while (!(await condition()) && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
  ok(await condition(), what)
}
