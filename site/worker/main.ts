import '../../hosttest/xs/shim/buffer.js'
import type { Order } from '../world/protocol.js'
import { Runner } from '../world/runner.js'

const runner = new Runner({
  now: () => performance.now(),
  later: (turn, ms) => void setTimeout(turn, ms),
  post: (report) => postMessage(report),
  newKey: () => crypto.getRandomValues(new Uint8Array(16)),
})

addEventListener('message', ({ data }: MessageEvent<Order>) => runner.order(data))
