import { connect } from 'node:net'
import type { TcpConnect } from '../modules/ports/tcp.js'

/** TCP over this computer's network. */
export const connectTcp: TcpConnect = (host, port, events) => {
  const socket = connect({ host, port, noDelay: true })
  let isOpen = true
  const closed = (reason: string) => {
    if (!isOpen) return
    isOpen = false
    socket.destroy()
    events.onClosed(reason)
  }
  const writable = () => isOpen && events.onWritable()
  socket.on('connect', writable)
  socket.on('drain', writable)
  socket.on('data', (bytes) => isOpen && events.onData(bytes))
  socket.on('end', () => closed('closed by the server'))
  socket.on('close', () => closed('closed'))
  socket.on('error', (error) => closed(error.message))
  return {
    write(bytes) {
      if (!isOpen || socket.connecting || socket.writableNeedDrain) return 0
      socket.write(bytes.slice())
      return bytes.length
    },
    close() {
      isOpen = false
      socket.destroy()
    },
  }
}
