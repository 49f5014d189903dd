import { isDigits } from '../codec/characters.js'
import { fromHex, toHex } from '../codec/hex.js'
import { failure, type Result, success } from '../codec/result.js'

/** A radio meter that belongs to this device. */
export interface WaterMeter {
  /** Serial number, 8 digits, as on its face. */
  readonly id: string
  /** The meter's own key (DEK), 16 bytes. */
  readonly key: Uint8Array
}

/** The most radio meters of one device. */
export const MAX_METERS = 8

/** Reads the text `id:key,id:key`; an empty text has no meters. Errors name the place and never show a key. */
export function parseMeters(text: string): Result<readonly WaterMeter[]> {
  if (text.trim() === '') return success([])
  const meters: WaterMeter[] = []
  for (const part of text.split(',')) {
    const meter = parseMeter(part, meters.length + 1)
    if (!meter.ok) return meter
    if (meters.some(({ id }) => id === meter.value.id)) return failure(`meter ${meter.value.id} is there twice`)
    meters.push(meter.value)
  }
  if (meters.length > MAX_METERS) return failure(`at most ${MAX_METERS} meters, got ${meters.length}`)
  return success(meters)
}

/** Writes the text that `parseMeters` reads. */
export function metersText(meters: readonly WaterMeter[]): string {
  return meters.map(({ id, key }) => `${id}:${toHex(key)}`).join(',')
}

/** Returns the meters of the image and of the settings. The image's key counts for a meter that both name. */
export function mergeMeters(image: readonly WaterMeter[], stored: readonly WaterMeter[]): readonly WaterMeter[] {
  const others = stored.filter(({ id }) => !image.some((meter) => meter.id === id))
  return [...image, ...others].slice(0, MAX_METERS)
}

function parseMeter(text: string, place: number): Result<WaterMeter> {
  const [id = '', hex = '', ...more] = text.trim().split(':')
  if (id.length !== 8 || !isDigits(id) || more.length > 0)
    return failure(`meter ${place}: expected an id of 8 digits, a colon and a key of 32 hex digits`)
  const key = fromHex(hex)
  return key === undefined || key.length !== 16
    ? failure(`meter ${id}: expected a key of 32 hex digits, got ${hex.length} characters`)
    : success({ id, key })
}
