import { hasOnly, isDigits, span } from '../codec/characters.js'
import { failure, type Result, success } from '../codec/result.js'

/** Where a signed file is. */
export interface Address {
  readonly host: string
  readonly port: number
  readonly path: string
}

const HTTP = 'http://'
const HTTP_PORT = '80'

/** Bytes of the longest URL. */
const MAX_URL = 255

/** The parts of `http://host:port/path`. */
export function parseAddress(url: string): Result<Address> {
  if (url.startsWith('https://')) return failure('url: https is not understood; the signature protects the image')
  const hostEnd = HTTP.length + span(url, HTTP.length, '09AZaz..--')
  const hasPort = url[hostEnd] === ':'
  const portEnd = hasPort ? hostEnd + 1 + span(url, hostEnd + 1, '09') : hostEnd
  const host = url.slice(HTTP.length, hostEnd)
  const port = hasPort ? url.slice(hostEnd + 1, portEnd) : HTTP_PORT
  const path = url.slice(portEnd)
  const isHttp = url.length <= MAX_URL && url.startsWith(HTTP) && host !== ''
  const isPort = isDigits(port, 5) && Number(port) >= 1 && Number(port) <= 65_535
  if (!isHttp || !isPort || !path.startsWith('/') || !hasOnly(path, '!~'))
    return failure('url: expected http://host:port/path')
  return success({ host, port: Number(port), path })
}
