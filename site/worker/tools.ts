import '../../hosttest/xs/shim/buffer.js'
import type { Job, Report } from '../tools/protocol.js'
import { runJob } from '../tools/run.js'

addEventListener('message', async ({ data }: MessageEvent<Job>) => {
  const post = (report: Report) => postMessage(report)
  const answer = await runJob(data, {
    now: () => performance.now(),
    onProgress: ({ time, bits, candidates }) => post({ is: 'progress', time, bits, candidates }),
  })
  post({ is: 'answer', answer })
})
