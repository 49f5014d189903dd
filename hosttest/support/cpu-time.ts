/** Milliseconds of processor time that something takes, which do not grow on a busy computer as those of a clock do. */
export async function cpuTime(work: () => unknown): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}
