/** Digits that JSON shows as a number without changing them. */
export class Digits {
  constructor(readonly text: string) {}
}

/** Writes JSON as JSON.stringify does, but `Digits` become numbers: 8.910 stays 8.910. */
export function exactJson(value: unknown): string {
  if (value instanceof Digits) return value.text
  if (Array.isArray(value)) return `[${value.map(exactJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${exactJson(member)}`).join(',')}}`
}
