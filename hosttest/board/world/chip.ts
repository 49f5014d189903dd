import { seededRandom } from '../../../twin/random.js'
import type { Hardware, Part } from './hardware.js'

const ESP_OK = 0

export interface ChipOptions {
  /** Seed of the hardware's random numbers. */
  readonly seed?: number
  readonly mac?: readonly number[]
  /** Bytes. */
  readonly flashSize?: number
  /** As ESP-IDF has it: manufacturer, type, size. */
  readonly flashId?: number
  /** Bytes outside the machine's own. */
  readonly freeHeap?: number
}

/** What ESP-IDF's functions tell of the chip, and its restart. */
export class Chip implements Part {
  readonly operations

  constructor(hardware: Hardware, options: ChipOptions = {}) {
    const {
      seed = 1,
      mac = [0x24, 0x0a, 0xc4, 0x12, 0x34, 0x56],
      flashSize = 4 << 20,
      flashId = 0xc84016,
      freeHeap = 120_000,
    } = options
    const random = seededRandom(seed)
    this.operations = {
      'chip.crash': (fault: string) => hardware.crash(fault),
      'ffi.esp_reset_reason': () => hardware.resetReason,
      'ffi.esp_get_free_heap_size': () => freeHeap,
      'ffi.esp_random': () => Math.floor(random() * 2 ** 32),
      'ffi.esp_restart': () => hardware.restart(3),
      'ffi.esp_flash_read_id': () => filled(ESP_OK, word(flashId)),
      'ffi.esp_flash_get_size': () => filled(ESP_OK, word(flashSize)),
      'ffi.esp_efuse_mac_get_default': () => filled(ESP_OK, mac),
      // The other interfaces' addresses follow that of the station (IDF esp_hw_support/mac_addr.c).
      'ffi.esp_read_mac': (_mac: ArrayBuffer, type: number) =>
        filled(ESP_OK, [...mac.slice(0, 5), ((mac[5] ?? 0) + type) & 0xff]),
    }
  }
}

/** A result, and the bytes of the buffer that the function has filled. */
export function filled(result: number, bytes: readonly number[]): ArrayBuffer {
  const answer = new Uint8Array(4 + bytes.length)
  new DataView(answer.buffer).setInt32(0, result, true)
  answer.set(bytes, 4)
  return answer.buffer
}

function word(value: number): number[] {
  return [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >>> 24) & 0xff]
}
