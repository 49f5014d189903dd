import { deepEqual, ok } from 'node:assert/strict'
import { FakeDevice, HOST } from '../hosttest/support/portal.js'
import { type HttpRequest, MAX_BODY, type RequestError, RequestParser } from '../modules/portal/http-request.js'
import { PortalSite } from '../modules/portal/site.js'

/** A request is read or refused in the same way whatever pieces it comes in, and every request gets a whole answer. */
export default function http(bytes: Uint8Array): void {
  const request = parse(bytes)
  deepEqual(parse(...Array.from(bytes, (byte) => Uint8Array.of(byte))), request)
  if (typeof request !== 'object') return
  ok(request.body.length <= MAX_BODY)
  const device = new FakeDevice()
  device.now.waterMeters = []
  device.now.impulse = { reading: 0, unit: 'm3' }
  const site = new PortalSite({ device, host: () => HOST, name: 'EL_1', onActivity() {} })
  const response = site.respond(request)
  const { status, headers = [], body = [] } = typeof response === 'function' ? response() : response
  ok(status >= 200 && status < 600)
  for (const line of headers) ok(!/[\r\n]/.test(line), 'a header of two lines')
  for (const _ of body);
}

function parse(...pieces: readonly Uint8Array[]): HttpRequest | RequestError | undefined {
  const parser = new RequestParser()
  for (const piece of pieces) {
    const request = parser.push(piece)
    if (request !== undefined) return request
  }
  return undefined
}
