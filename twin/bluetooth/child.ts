import type { BluetoothOrder, BluetoothReport } from './messages.js'
import { errorText, type Noble } from './noble.js'
import { BluetoothService } from './service.js'

/** ms for the peripheral to notice that the connection ends. */
const GOODBYE = 1_000

/** Serves the orders of the parent process until it says `end` or is gone. */
export async function serveParent(): Promise<void> {
  const end = (code = 0) => {
    if (process.connected) process.disconnect()
    process.exit(code)
  }
  const report = (report: BluetoothReport, onSent: () => void = () => {}) => {
    if (process.connected) process.send!(report, undefined, undefined, onSent)
  }
  process.on('uncaughtException', (error) => {
    report({ is: 'failed', detail: errorText(error) }, () => end(1))
    setTimeout(end, GOODBYE, 1)
  })
  // The terminal sends these to every process; the parent says when to end.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {})

  const early: BluetoothOrder[] = []
  let service: BluetoothService | undefined
  const leave = () => {
    setTimeout(end, GOODBYE)
    if (service === undefined) end()
    else service.end(() => end())
  }
  const take = (order: BluetoothOrder) => {
    if (order.do === 'end') leave()
    else if (service === undefined) early.push(order)
    else service.order(order)
  }
  process.on('message', take)
  process.on('disconnect', leave)
  const noble = await loadNoble((detail) => report({ is: 'missing', detail }, () => end(1)))
  if (noble === undefined) return
  service = new BluetoothService(noble, report)
  // The library asks to be ended by SIGINT when it is the last to listen.
  setImmediate(() => process.on('SIGINT', () => {}))
  early.splice(0).forEach(take)
}

/** The library; on Linux by way of BlueZ, which needs no rights of root and shares the adapter with others. */
async function loadNoble(onMissing: (detail: string) => void): Promise<Noble | undefined> {
  if (process.platform === 'linux') process.env.NOBLE_BINDINGS ??= 'dbus'
  const name = '@stoprocent/noble'
  try {
    return ((await import(name)) as { readonly default: Noble }).default
  } catch (error) {
    onMissing(errorText(error))
    return undefined
  }
}
