import { VirtualClock } from '../../twin/clock.js'
import { PowerCut } from '../../twin/flash.js'

/** A virtual clock for any engine: promises settle by turns of the job queue, of which no dialogue needs more. */
export function testClock(): VirtualClock {
  return new VirtualClock(async () => {
    for (let i = 0; i < 30; i++) await undefined
  })
}

/** Lets `ms` milliseconds pass; a power cut throws into whatever the firmware is doing, and nothing of that goes on. */
export async function runOverCuts(clock: VirtualClock, ms: number, onCut: () => void): Promise<void> {
  const end = clock.now() + ms
  while (clock.now() < end) {
    try {
      await clock.run(end - clock.now())
    } catch (error) {
      if (!(error instanceof PowerCut)) throw error
      onCut()
    }
  }
}
