import { ProvisionStore } from '../../../modules/storage/provision.js'
import { bootLoaderChip } from '../../../site/flash/boot-loader.js'
import { readTable } from '../../../site/flash/partition-table.js'
import { readImage } from '../../../twin/image-check.js'
import { NvsReader } from '../../support/nvs-reader.js'
import { RomLoader } from './loader.js'
import { NorFlash } from './nor-flash.js'
import type { ChipName } from './protocol.js'
import { SlipReader, slip } from './slip.js'

/** Bits a second of the console. */
const CONSOLE = 115_200
const MEGABYTE = 0x10_0000

/** A board with a USB converter whose DTR and RTS work EN and GPIO 0, as on every development board. */
export class SimulatedBoard {
  readonly chip: ChipName
  readonly flash: NorFlash
  /** Bytes to the computer, and the speed at which they go. */
  onBytes: (bytes: Uint8Array, speed: number) => void = () => {}
  /** Sees each command before it is answered; false leaves it without an answer. */
  onCommand: (op: number) => boolean = () => true
  /** The highest speed at which its converter carries bytes whole. */
  mostSpeed = Number.POSITIVE_INFINITY
  /** Whether DTR and RTS reach the chip. */
  hasAutoReset = true
  /** Burnt bits of the fuse that encrypts the flash. */
  encryption = 0
  loader: RomLoader | undefined
  #reader = new SlipReader()
  #isHeld = false

  constructor(chip: ChipName = 'esp32', megabytes = 4) {
    this.chip = chip
    this.flash = new NorFlash(megabytes * MEGABYTE)
  }

  /** The two transistors: each line works alone only. */
  setLines(dtr: boolean, rts: boolean): void {
    if (!this.hasAutoReset) return
    const isHeld = rts && !dtr
    if (this.#isHeld && !isHeld) this.#start(dtr && !rts)
    this.#isHeld = isHeld
  }

  /** Bytes from the computer. @param speed at which it sends them */
  receive(bytes: Uint8Array, speed: number): void {
    if (this.loader === undefined || this.#isHeld) return
    this.loader.speed ??= speed
    // At another speed it would be noise.
    if (this.loader.speed !== speed || speed > this.mostSpeed) return
    for (const packet of this.#reader.read(bytes)) {
      if (!this.onCommand(packet[1]!)) continue
      // Another speed holds from the next packet on.
      for (const answer of this.loader.answer(packet)) this.onBytes(slip(answer), speed)
      if (this.loader.speed !== speed) return
    }
  }

  /** What the console says at a start: what ROM, boot loader and firmware find in flash. */
  boot(): readonly string[] {
    const { bytes } = this.flash
    const at = this.chip === 'esp32' ? 0x1000 : 0
    if (bytes[at] !== 0xe9) return ['invalid header: 0xffffffff']
    const bootLoader = bytes.subarray(at, 0x8000)
    const boots = bootLoaderChip(bootLoader)
    if (!boots.ok) return [boots.error]
    if (boots.value !== this.chip) return [`boot loader for ${boots.value}`]
    if (MEGABYTE << (bootLoader[3]! >> 4) !== bytes.length) return ['Detected size is not the size in the header']
    const table = readTable(bytes.subarray(0x8000, 0x8c00))
    if (!table.ok) return [table.error]
    const of = (label: string) => {
      const { offset, size } = table.value.find((one) => one.label === label)!
      return bytes.subarray(offset, offset + size)
    }
    const hasTwo = table.value.some(({ label }) => label === 'otadata')
    // A number there, as an update leaves it, starts the other slot.
    const slot = hasTwo ? (of('otadata')[0] === 0xff ? 'ota_0' : 'ota_1') : 'factory'
    const image = readImage(of(slot))
    if (!image.ok) return [image.error]
    const provision = new ProvisionStore(new NvsReader(of('nvs')).storage('meterlogger')).values
    return [
      `boot: ${slot}, mode ${bootLoader[2]}`,
      `\u001b[0;32mI (400) app: version ${image.value.version}\u001b[0m`,
      `serial ${provision.provisionedSerial ?? 'none'}, ${provision.key === undefined ? 'no key yet' : 'a key'}`,
    ]
  }

  #start(isDownload: boolean): void {
    this.#reader = new SlipReader()
    this.loader = isDownload ? new RomLoader(this.flash, this.chip) : undefined
    if (this.loader !== undefined) this.loader.encryption = this.encryption
    const lines = isDownload
      ? ['rst:0x1 (POWERON_RESET),boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))', 'waiting for download']
      : ['rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)', ...this.boot()]
    this.onBytes(new TextEncoder().encode(`${lines.join('\r\n')}\r\n`), CONSOLE)
  }
}
