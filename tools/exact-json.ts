/** Digits that go into JSON as a number, just as they are. */
export class Digits {
  constructor(readonly text: string) {}
}

/** JSON like JSON.stringify's, but with `Digits` as numbers: 8.910 stays 8.910. */
export function exactJson(value: unknown): string {
  if (value instanceof Digits) return value.text
  if (Array.isArray(value)) return `[${value.map(exactJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${exactJson(member)}`).join(',')}}`
}
