import { failure, type Result, success } from '../codec/result.js'

/** Where a signed file is. */
export interface Address {
  readonly host: string
  readonly port: number
  readonly path: string
}

const HTTP_PORT = 80
const URL = /^http:\/\/([A-Za-z0-9.-]{1,253})(?::([0-9]{1,5}))?(\/[!-~]*)$/

/** Bytes of the longest URL. */
const MAX_URL = 255

/** The parts of `http://host:port/path`. */
export function parseAddress(url: string): Result<Address> {
  if (url.startsWith('https://')) return failure('url: https is not understood; the signature protects the image')
  const [, host, port = String(HTTP_PORT), path] = (url.length <= MAX_URL && URL.exec(url)) || []
  const number = Number(port)
  if (host === undefined || path === undefined || number < 1 || number > 65_535)
    return failure('url: expected http://host:port/path')
  return success({ host, port: number, path })
}
