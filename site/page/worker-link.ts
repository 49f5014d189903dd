import type { Item, Order, PageRequest, PageResponse, Report, WorldState } from '../world/protocol.js'

type Handlers = {
  readonly [is in Exclude<Report['is'], 'batch' | 'response'>]: (report: Extract<Report, { is: is }>) => void
} & { batch(state: WorldState, items: readonly Item[]): void }

/** The worker that runs the world. What it reports is shown once a frame. */
export class WorkerLink {
  #worker: Worker
  #handlers: Handlers
  #id = 0
  #asked = new Map<number, (response: PageResponse | undefined) => void>()

  constructor(handlers: Handlers) {
    this.#handlers = handlers
    this.#worker = newWorker()
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Report>) => this.#onReport(data))
  }

  send(order: Order): void {
    this.#worker.postMessage(order)
  }

  /** Asks the set-up pages of the device; undefined where nobody answers. */
  ask(request: PageRequest): Promise<PageResponse | undefined> {
    const id = ++this.#id
    this.send({ do: 'request', id, request })
    return new Promise((resolve) => this.#asked.set(id, resolve))
  }

  #onReport(report: Report): void {
    switch (report.is) {
      case 'batch':
        requestAnimationFrame(() => {
          this.#handlers.batch(report.state, report.items)
          this.send({ do: 'shown' })
        })
        return
      case 'response':
        this.#asked.get(report.id)?.(report.response)
        this.#asked.delete(report.id)
        return
      case 'ready':
        return this.#handlers.ready(report)
      case 'command':
        return this.#handlers.command(report)
      case 'failed':
        return this.#handlers.failed(report)
    }
  }
}

/** Whether the page is a file on a disk with the worker beside it, which browsers do not let it start. */
export function isFromDisk(): boolean {
  return location.protocol === 'file:' && !scriptInside()
}

/** The worker's script is a file beside the page, or stands in the page where that is one file. */
function newWorker(): Worker {
  const inside = scriptInside()
  if (!inside) return new Worker('worker.js')
  return new Worker(URL.createObjectURL(new Blob([inside], { type: 'text/javascript' })))
}

function scriptInside(): string | null | undefined {
  return document.getElementById('worker')?.textContent
}
