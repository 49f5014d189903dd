import type { Metric } from './metrics.js'

/** Of the text format of Prometheus. */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** Metrics in the text format of Prometheus. The values are texts, so that no digit goes. */
export function exposition(metrics: readonly Metric[]): string {
  let text = ''
  for (const { name, help, type, values } of metrics) {
    if (values.length === 0) continue
    text += `# HELP ${name} ${escaped(help)}\n# TYPE ${name} ${type}\n`
    for (const { labels, value } of values) text += `${name}${labelsText(labels)} ${value}\n`
  }
  return text
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value).replaceAll('"', '\\"')}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}
