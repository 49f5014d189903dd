/** Points that a series keeps at most. */
const MOST = 1_000

export interface Point {
  readonly x: number
  readonly y: number
}

/**
 * A series of points of any length in bounded memory. Where it is full, each two become one and from then on each four
 * and so on; the highest of them stays, so that no peak is lost.
 */
export class BoundedSeries {
  #points: Point[] = []
  /** So many points that come become one. */
  #stride = 1
  #inLast = 0

  get points(): readonly Point[] {
    return this.#points
  }

  push(x: number, y: number): void {
    const points = this.#points
    const last = points.length - 1
    if (this.#inLast > 0 && this.#inLast < this.#stride) {
      if (y >= points[last]!.y) points[last] = { x, y }
    } else {
      points.push({ x, y })
      this.#inLast = 0
    }
    this.#inLast++
    if (points.length < MOST || this.#inLast < this.#stride) return
    this.#points = halved(points)
    this.#stride *= 2
    this.#inLast = this.#stride
  }
}

function halved(points: readonly Point[]): Point[] {
  const half: Point[] = []
  for (let i = 0; i + 1 < points.length; i += 2) {
    const [first, second] = [points[i]!, points[i + 1]!]
    half.push(first.y > second.y ? first : second)
  }
  return half
}
