import { spawnSync } from 'node:child_process'

/** Says why this computer has no promtool; undefined when it has. */
export function missingPromtool(): string | undefined {
  return promtool('--version').code === 0 ? undefined : 'promtool is not installed'
}

/** Runs promtool to its end. */
export function promtool(...args: readonly string[]): { readonly code: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
  return { code: status, text: `${stdout ?? ''}${stderr ?? ''}` }
}
