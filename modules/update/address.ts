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
  const found = url.length <= MAX_URL ? URL.exec(url) : null
  const port = Number(found?.[2] ?? HTTP_PORT)
  if (found === null || port < 1 || port > 65_535) return failure('url: expected http://host:port/path')
  return success({ host: found[1]!, port, path: found[3]! })
}
