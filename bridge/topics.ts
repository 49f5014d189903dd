/** The topics of what is opened, below a prefix. */
export class OpenTopics {
  readonly prefix: string

  constructor(prefix: string) {
    this.prefix = prefix
  }

  state(serial = '+'): string {
    return `${this.prefix}/${serial}/state`
  }

  availability(serial: string): string {
    return `${this.prefix}/${serial}/availability`
  }

  /** Whether the bridge itself is there. No meter has this number. */
  get bridge(): string {
    return this.availability('bridge')
  }

  valve(serial: string): string {
    return `${this.prefix}/${serial}/valve`
  }

  limit(serial: string): string {
    return `${this.prefix}/${serial}/limit`
  }

  setValve(serial = '+'): string {
    return `${this.valve(serial)}/set`
  }

  setLimit(serial = '+'): string {
    return `${this.limit(serial)}/set`
  }

  /** The serial number and the rest of a topic below the prefix; undefined of another topic. */
  parse(topic: string): { readonly serial: string; readonly rest: string } | undefined {
    if (!topic.startsWith(`${this.prefix}/`)) return undefined
    const [serial = '', ...rest] = topic.slice(this.prefix.length + 1).split('/')
    return { serial, rest: rest.join('/') }
  }
}
