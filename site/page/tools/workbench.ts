import type { Answer } from '../../../decoders/answer.js'
import type { Progress } from '../../../decoders/solver/solve.js'
import { failure, type Result } from '../../../modules/codec/result.js'
import type { Job, Report } from '../../tools/protocol.js'

/** The worker that has the decoders. It is loaded with the first job and does one after the other; an end takes it away. */
export class Workbench {
  #worker: Worker | undefined
  /** Ends the job that runs. */
  #end: (() => void) | undefined

  /** Does a job; undefined where it was ended before its answer. A job that runs is ended first. */
  run(job: Job, onProgress: (progress: Progress) => void): Promise<Result<Answer> | undefined> {
    this.end()
    this.#worker ??= new Worker('tools-worker.js')
    const worker = this.#worker
    return new Promise((resolve) => {
      this.#end = () => {
        worker.terminate()
        this.#worker = undefined
        resolve(undefined)
      }
      const answer = (result: Result<Answer>) => {
        this.#end = undefined
        resolve(result)
      }
      worker.onmessage = ({ data }: MessageEvent<Report>) =>
        data.is === 'progress' ? onProgress(data) : answer(data.answer)
      worker.onerror = ({ message }) => {
        worker.terminate()
        this.#worker = undefined
        answer(failure(`this page has a fault: ${message || 'its worker was not loaded'}`))
      }
      worker.postMessage(job)
    })
  }

  /** Ends the job that runs, if one does. */
  end(): void {
    this.#end?.()
    this.#end = undefined
  }
}
