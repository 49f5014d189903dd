/*
 * The loader in the ROM of an ESP32 and an ESP32-C3, and the stub that a computer sends it, as Espressif documents their serial
 * protocol (esptool, advanced topics, serial protocol). Numbers are little-endian.
 */
export const Op = {
  FlashBegin: 0x02,
  FlashData: 0x03,
  FlashEnd: 0x04,
  MemBegin: 0x05,
  MemEnd: 0x06,
  MemData: 0x07,
  Sync: 0x08,
  WriteReg: 0x09,
  ReadReg: 0x0a,
  SpiSetParams: 0x0b,
  SpiAttach: 0x0d,
  ChangeBaudrate: 0x0f,
  DeflBegin: 0x10,
  DeflData: 0x11,
  DeflEnd: 0x12,
  Md5: 0x13,
  SecurityInfo: 0x14,
  /** Of the stub alone. */
  EraseRegion: 0xd1,
} as const

export const Wrong = { Message: 0x05, Failed: 0x06, Checksum: 0x07, Write: 0x08, Deflate: 0x0b } as const

/** What two chips differ in: registers of the SPI controller, and how they say which chip they are. */
export const CHIPS = {
  esp32: { spi: 0x3ff42000, usr2: 0x24, w0: 0x80, magic: 0x00f01d83, id: undefined },
  esp32c3: { spi: 0x60002000, usr2: 0x20, w0: 0x58, magic: 0x6921506f, id: 5 },
  // For a chip that the firmware does not know.
  esp32s3: { spi: 0x60002000, usr2: 0x20, w0: 0x58, magic: 0x00000009, id: 9 },
} as const
export type ChipName = keyof typeof CHIPS
