/** A quantity of a message's text, with the digits as they came. */
export interface Field {
  readonly name: string
  readonly value: string
  readonly unit: string
}

/** What the names in samples mean, for people. */
const WORDS: Readonly<Record<string, string>> = {
  program: 'program number of the meter',
  heap: 'free memory of the device, bytes',
  t1: 'flow temperature',
  t2: 'return temperature',
  t3: 'third temperature',
  tdif: 'cooling',
  flow1: 'flow rate',
  effect1: 'power',
  hr: 'hours of operation',
  v1: 'volume',
  e1: 'energy',
}

/** The fields of a text such as `heap=21376&t1=68.13 C&`; none where it is another kind of text. */
export function fieldsOf(text: string): Field[] {
  return text.split('&').flatMap((part) => {
    const [, name, value, unit = ''] = /^([a-z_0-9]+)=(\S*)(?: (\S+))?$/i.exec(part) ?? []
    return name === undefined || value === undefined ? [] : [{ name, value, unit }]
  })
}

export function wordsOf(name: string): string {
  return WORDS[name] ?? ''
}

/** A unit as people write it. */
export function unitText(unit: string): string {
  return { C: '°C', m3: 'm³' }[unit] ?? unit
}
