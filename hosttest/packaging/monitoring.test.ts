// node only
import { deepEqual, equal, ok } from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EmbeddedBroker } from '../../twin/broker.js'
import { HEAT, Heard, SimpleDevice, WATER } from '../support/bridge.js'
import { commandLine, KEY } from '../support/cli.js'
import { Lines } from '../support/lines.js'
import { needs } from '../support/needs.js'
import { missingPromtool, promtool } from '../support/promtool.js'

const path = (name: string) => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url))
const ALERTS = path('prometheus/alerts.yml')

interface Panel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[]
}

interface Dashboard {
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly { readonly name: string; readonly definition?: string }[] }
}

const dashboard: Dashboard = JSON.parse(readFileSync(path('grafana/meterlogger.json'), 'utf8'))
const expressions = dashboard.panels.flatMap(({ targets }) => targets?.map(({ expr }) => expr) ?? [])

/** The bridge's metrics in a text. */
function metricsIn(text: string): readonly string[] {
  return [...new Set(text.match(/\bmeterlogger_[a-z_]+/g))].sort()
}

/** Scrapes of a device with the name House, one a minute. */
const series = (metric: string, values: string, more = '') =>
  `{"series":"${metric}{serial=\\"7000001\\",name=\\"House\\"${more}}","values":"${values}"}`

/** A file for `promtool test rules`, which expects that the alert does not come. */
function silenceTest(alert: string, at: string, input: readonly string[]): string {
  return `rule_files: ["${ALERTS}"]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series: [${input.join(', ')}]
    alert_rule_test: [{eval_time: ${at}, alertname: ${alert}, exp_alerts: []}]
`
}

describe('the dashboard and the alerts', () => {
  const { start } = commandLine()
  let folder: string

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'meterlogger-monitoring-'))
  })

  after(() => rmSync(folder, { recursive: true }))

  it('name metrics that the bridge gives', async () => {
    const broker = await EmbeddedBroker.listen(0)
    const heard = await Heard.of(broker.url, 'meterlogger/#')
    try {
      const child = start('bridge', '--broker', broker.url, '--key', KEY, '--prometheus', '0')
      const url = (await new Lines(child.stderr).find(/^metrics /)).slice('metrics '.length)
      const house = new SimpleDevice(heard.client, '7000001', KEY)
      await house.say('sample', HEAT)
      await house.say('status', 'open')
      await new SimpleDevice(heard.client, '7000002', KEY).say('sample', WATER)
      await heard.holds('meterlogger/7000002/availability', 'online')
      const given = metricsIn((await (await fetch(url)).text()).replace(/^#.*$/gm, ''))
      const variables = dashboard.templating.list.map(({ definition }) => definition ?? '')
      const alerts = readFileSync(ALERTS, 'utf8').replace(/^ *#.*$/gm, '')
      const named = metricsIn([...expressions, ...variables, alerts].join('\n'))
      ok(named.length > 10)
      deepEqual(
        named.filter((name) => !given.includes(name)),
        [],
      )
    } finally {
      await heard.close()
      await broker.close()
    }
  })

  it('have expressions that Prometheus takes', function () {
    needs(this, missingPromtool())
    ok(expressions.length > 20)
    const rules = expressions.map((expr, i) => ({ record: `panel_${i}`, expr: expr.replaceAll('$serial', '7000001') }))
    const file = join(folder, 'panels.yml')
    // JSON is YAML.
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'dashboard', rules }] }))
    for (const name of [file, ALERTS]) {
      const { code, text } = promtool('check', 'rules', name)
      equal(code, 0, text)
    }
  })

  const online = (values: string) => series('meterlogger_device_online', values)
  const last = (values: string) => series('meterlogger_last_sample_timestamp_seconds', values)
  const count = (result: string, values: string) =>
    `{"series":"meterlogger_messages_total{result=\\"${result}\\"}","values":"${values}"}`
  for (const [alert, at, wrong, right] of [
    ['MeterLoggerBridgeDown', '10m', ['{"series":"up{job=\\"meterlogger\\"}","values":"0x10"}'], [online('1x10')]],
    ['MeterLoggerManySilent', '10m', [online('0x10')], [online('1x10')]],
    ['MeterLoggerDeviceSilent', '60m', [online('0x60')], [online('0x30 1x30')]],
    ['MeterLoggerMeterSilent', '80m', [online('1x80'), last('0x80')], [online('1x80'), last('0+60x80')]],
    ['MeterLoggerWrongKey', '10m', [count('wrong_key', '0 1x10')], [count('wrong_key', '1x10')]],
    ['MeterLoggerUnknownDevice', '10m', [count('unknown_device', '0 1x10')], [count('unknown_device', '1x10')]],
  ] as const) {
    it(`${alert} comes when it should and only then`, function () {
      needs(this, missingPromtool())
      for (const [input, fires] of [
        [wrong, true],
        [right, false],
      ] as const) {
        const file = join(folder, `${alert}.yml`)
        writeFileSync(file, silenceTest(alert, at, input))
        const { code, text } = promtool('test', 'rules', file)
        equal(code, fires ? 1 : 0, text)
        if (fires) ok(text.includes(`alertname:${alert}`) || text.includes(`alertname="${alert}"`), text)
      }
    })
  }

  it('have panels that lie beside each other, each with its own number', () => {
    const { panels } = dashboard
    equal(new Set(panels.map(({ id }) => id)).size, panels.length)
    for (const [i, { title, gridPos: one }] of panels.entries()) {
      ok(one.x + one.w <= 24, title)
      for (const { title: other, gridPos } of panels.slice(i + 1))
        ok(
          one.x + one.w <= gridPos.x || gridPos.x + gridPos.w <= one.x || one.y + one.h <= gridPos.y,
          `${title} over ${other}`,
        )
    }
  })
})
