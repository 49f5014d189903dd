import type { HttpRequest } from './http-request.js'

/**
 * Whether a form came from the device's own page. Browsers tell where a form comes from in at least one of three
 * headers; who sends none of them is a script, which nobody can trick.
 */
export function isSameSite({ site, origin, referer, host }: HttpRequest): boolean {
  if (site !== '' && site !== 'same-origin' && site !== 'none') return false
  if (origin !== '') return origin === `http://${host}`
  return referer === '' || referer === `http://${host}` || referer.startsWith(`http://${host}/`)
}
