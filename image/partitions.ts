/** One line of the partition table. */
export interface Partition {
  readonly label: string
  readonly type: string
  readonly subtype: string
  readonly offset: number
  readonly size: number
}

/** ESP-IDF's format: name, type, subtype, offset, size. */
export function parsePartitions(text: string): Partition[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [label = '', type = '', subtype = '', offset, size] = line.split(',').map((field) => field.trim())
      return { label, type, subtype, offset: Number(offset), size: Number(size) }
    })
}
