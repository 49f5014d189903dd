import { md5 } from '@noble/hashes/legacy.js'
import { ESPLoader } from 'esptool-js'
import { toHex } from '../../modules/codec/hex.js'
import { failure, type Result, success } from '../../modules/codec/result.js'
import { CHIP_NAMES } from './boards.js'
import { Line, PortClosed, PortLost } from './line.js'
import { type Part, partsOf, type Wish } from './parts.js'
import { sentence } from './sentence.js'

/** Bits a second that the chip's ROM begins with, and those that everything is sent with. */
export const ROM_SPEED = 115_200
export const SPEED = 460_800

const MEGABYTE = 0x10_0000
/** The first word of the ESP32's fuses. */
const ESP32_FUSES = 0x3ff5_a000

/** Whoever wants to know how it goes. */
export interface FlashWatcher {
  /** What is done now. */
  onStep(text: string): void
  /** @param done of all bytes, 0 to 1 */
  onProgress(done: number): void
}

/** In what the words for an error differ. */
type Stage = 'connecting' | 'writing'

/**
 * Writes what somebody wishes to the board at a port, and compares the MD5 of each part in flash. The port is closed afterwards,
 * and the board waits for a reset. The error tells a person what to do.
 */
export async function flashBoard(port: SerialPort, wish: Wish, watcher: FlashWatcher): Promise<Result<void>> {
  const line = new Line(port)
  let stage: Stage = 'connecting'
  try {
    watcher.onStep('Looking for the chip')
    const loader = new ESPLoader({
      transport: line,
      baudrate: SPEED,
      romBaudrate: ROM_SPEED,
      terminal: { clean() {}, write() {}, writeLine() {} },
    })
    await loader.detectChip()
    const chip = loader.chip.CHIP_NAME.toLowerCase().replace('-', '')
    if (CHIP_NAMES[chip] === undefined)
      return failure(`This board has an ${loader.chip.CHIP_NAME}, which this firmware does not know.`)
    if (loader.secureDownloadMode)
      return failure('This board has secure download switched on: nothing is written to it over a cable.')
    if (wish.firmware !== undefined && wish.firmware.facts.chip !== chip)
      return failure(
        `The files are for ${CHIP_NAMES[wish.firmware.facts.chip]}, and this board has an ${CHIP_NAMES[chip]}. Nothing was written.`,
      )
    if (await isEncrypted(loader, chip))
      return failure(
        'The flash of this board is encrypted. What this page writes would not start, so nothing was written.',
      )
    await loader.runStub()
    await loader.changeBaud()
    const size = bytesOf(await loader.detectFlashSize())
    if (size === undefined) return failure('The flash of this board does not say how large it is. Nothing was written.')
    const parts = partsOf(wish, chip, size)
    if (!parts.ok) return failure(`${sentence(parts.error)} Nothing was written.`)
    stage = 'writing'
    await writeParts(loader, parts.value, watcher)
    return success(undefined)
  } catch (error) {
    if (line.isLost) return failure(wordsFor(new PortLost(), stage))
    // A mistake of a programmer is not told as one of the board.
    if (error instanceof TypeError || error instanceof ReferenceError) throw error
    return failure(wordsFor(error, stage))
  } finally {
    await line.end()
  }
}

/** Flash is encrypted while the number of burnt bits of a fuse is odd (ESP-IDF, efuse_reg.h: FLASH_CRYPT_CNT). */
async function isEncrypted(loader: ESPLoader, chip: string): Promise<boolean> {
  const count =
    chip === 'esp32' ? (await loader.readReg(ESP32_FUSES)) >> 20 : (await loader.getSecurityInfo()).flashCryptCnt
  let isOdd = false
  for (let bits = count & 0x7f; bits !== 0; bits >>= 1) if (bits & 1) isOdd = !isOdd
  return isOdd
}

async function writeParts(
  loader: ESPLoader,
  parts: readonly Part[],
  { onStep, onProgress }: FlashWatcher,
): Promise<void> {
  const all = parts.reduce((sum, { data }) => sum + data.length, 0)
  let done = 0
  for (const part of parts) {
    onStep(`Writing: ${part.name}`)
    if (part.isErased) await erase(loader, part)
    else await write(loader, part, (written) => onProgress((done + written * part.data.length) / all))
    done += part.data.length
    onProgress(done / all)
  }
}

/** @param onWritten is told which part of it has been sent, 0 to 1 */
function write(loader: ESPLoader, { address, data }: Part, onWritten: (part: number) => void): Promise<void> {
  return loader.writeFlash({
    fileArray: [{ data, address }],
    // The header of the boot loader is right already; what the library would put behind it is not its hash.
    flashMode: 'keep',
    flashFreq: 'keep',
    flashSize: 'keep',
    eraseAll: false,
    compress: true,
    reportProgress: (_, written, total) => onWritten(written / total),
    calculateMD5Hash: md5Of,
  })
}

/** The library would take seconds of the page's time to send nothing but ff. */
async function erase(loader: ESPLoader, { address, data }: Part): Promise<void> {
  const place = new Uint8Array(8)
  const view = new DataView(place.buffer)
  view.setUint32(0, address, true)
  view.setUint32(4, data.length, true)
  const timeout = loader.timeoutPerMb(loader.ERASE_REGION_TIMEOUT_PER_MB, data.length)
  await loader.checkCommand('erase', loader.ESP_ERASE_REGION, place, 0, 0, timeout)
  if ((await loader.flashMd5sum(address, data.length)) !== md5Of(data)) throw new Error('MD5 of what was erased')
}

function md5Of(bytes: Uint8Array): string {
  return toHex(md5(bytes))
}

/** Bytes of a size as the library writes it: `4MB`, `512KB`. */
function bytesOf(size: string | undefined): number | undefined {
  const [, digits, unit] = /^(\d+)(KB|MB)$/.exec(size ?? '') ?? []
  return digits === undefined ? undefined : Number(digits) * (unit === 'MB' ? MEGABYTE : 1024)
}

function wordsFor(error: unknown, stage: Stage): string {
  if (error instanceof PortClosed)
    return 'The port cannot be opened. Another program or another page may have it: close that. On Linux your user must be in the group dialout.'
  const again = 'The board is not ready before everything is written; starting again is always possible.'
  if (error instanceof PortLost)
    return stage === 'writing'
      ? `The cable came out while the board was written. Put it in and start again. ${again}`
      : 'The cable came out. Put it in and start again.'
  if (stage === 'connecting')
    return 'The chip does not answer. Hold the button BOOT (or connect GPIO 0 to ground), press EN or RESET, and start again. Some USB cables only charge.'
  if (/MD5/.test(String(error)))
    return `What is in the flash is not what was sent. Start again; where that happens twice, the flash or its power is bad. ${again}`
  return `The board has stopped answering. Start again, over another cable or USB port if that happens twice. ${again}`
}
