import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { BluetoothReport, StartBluetooth } from './bluetooth/messages.js'

/** Starts the process that has this computer's Bluetooth. It ends with this one, however that ends. */
export const startBluetooth: StartBluetooth = ({ onReport, onExit }) => {
  const path = fileURLToPath(new URL('../dist/bluetooth.js', import.meta.url))
  const child = fork(path, { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  let hasEnded = false
  const end = (how: string) => {
    if (hasEnded) return
    hasEnded = true
    onExit(how)
  }
  child.on('message', (report) => onReport(report as BluetoothReport))
  child.once('error', (error) => end(error.message))
  child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`))
  return {
    // What cannot be sent any more does not matter: `onExit` follows.
    send: (order) => child.send(order, () => {}),
    kill: () => child.kill('SIGKILL'),
  }
}
