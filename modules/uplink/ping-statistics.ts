const WINDOW = 60

/**
 * The mean answer time of the last 60 answered pings, and the loss of the last 60 pings. The original has the same
 * windows, but this class counts MQTT pings of the connection in use.
 */
export class PingStatistics {
  #times = new Uint16Array(WINDOW)
  #answers = 0
  #losses = new Uint8Array(WINDOW)
  #attempts = 0

  /** @param ms how long the answer took */
  answered(ms: number): void {
    this.#times[this.#answers++ % WINDOW] = Math.round(ms)
    this.#losses[this.#attempts++ % WINDOW] = 0
  }

  lost(): void {
    this.#losses[this.#attempts++ % WINDOW] = 1
  }

  /** The first two pairs of `network_quality`. Both are unknown before the first answer. */
  text(): string {
    if (this.#answers === 0) return 'ping_response_time=unknown&ping_average_packet_loss=unknown'
    const time = mean(this.#times, this.#answers).toFixed(3)
    const loss = (100 * mean(this.#losses, this.#attempts)).toFixed(2)
    return `ping_response_time=${time} mS&ping_average_packet_loss=${loss}%`
  }
}

function mean(ring: Uint16Array | Uint8Array, count: number): number {
  const length = Math.min(count, WINDOW)
  let sum = 0
  for (let i = 0; i < length; i++) sum += ring[i]!
  return sum / length
}
