/** Whether a server that listens there is reached from this computer alone. */
export function isLoopback(address: string): boolean {
  return /^(localhost|127(\.[0-9]{1,3}){3}|::1)$/i.test(address)
}

/** Whether a `Host` header calls this computer by a name that no other site can have. */
export function isLocalName(host: string): boolean {
  const name = host.replace(/:[0-9]{1,5}$/, '')
  return isLoopback(name.replace(/^\[(.*)\]$/, '$1'))
}
