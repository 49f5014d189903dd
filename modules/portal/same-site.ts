import type { HttpRequest } from './http-request.js'

/**
 * Whether a form came from the device's own page. A browser names the form's origin in at least one of three headers.
 * A client that sends none of them is a script, and no other site can make a script send a form.
 */
export function isSameSite({ site, origin, referer, host }: HttpRequest): boolean {
  if (site !== '' && site !== 'same-origin' && site !== 'none') return false
  if (origin !== '') return origin === `http://${host}`
  return referer === '' || referer === `http://${host}` || referer.startsWith(`http://${host}/`)
}
