import SNTP from 'sntp'
import type { QueryTime } from '../ports/time.js'

/** The SDK's typings leave it out. */
interface Closable {
  close(): void
}

/** One SNTP exchange; the SDK's class asks again after 5 s, which counts as no answer here. */
export const querySntp: QueryTime = (server) =>
  new Promise((resolve) => {
    try {
      const sntp: unknown = new SNTP({ host: server }, (message, value) => {
        if (message === SNTP.retry) (sntp as Closable).close()
        resolve(message === SNTP.time ? value! * 1000 : undefined)
      })
    } catch {
      resolve(undefined)
    }
  })
