import type { Context } from 'mocha'

/**
 * Skips the tests of a suite, by name, where something is not installed; in CI everything is.
 * @param missing why they cannot run here; undefined when they can
 */
export function needs(suite: Context, missing: string | undefined): void {
  if (missing === undefined) return
  if (process.env.CI === 'true') throw new Error(missing)
  console.log(`  skipped, ${missing}: ${suite.test?.parent?.title}`)
  suite.skip()
}
