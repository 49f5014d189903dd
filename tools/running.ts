/** ms after a signal; whatever is not done then is left undone. */
const GRACE = 1_500

/** Resolves with SIGINT or SIGTERM. The process ends soon after that in any case, with 0. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      setTimeout(() => process.exit(0), GRACE).unref()
      resolve()
    }
    process.once('SIGINT', end)
    process.once('SIGTERM', end)
  })
}
