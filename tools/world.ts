import type { Twin } from '../twin/twin.js'

const USAGE = 'expected !line silent on|off, !line echo on|off, !line noise SHARE or !wifi|dhcp|time|ble on|off'

/** Changes the twin's simulated world as a line on standard input says; the text to answer. */
export function changeWorld(twin: Twin, line: string): string {
  const [what, name, value] = line.trim().split(/\s+/)
  const state = what === 'line' ? value : name
  const on = state === 'on' ? true : state === 'off' ? false : undefined
  if (what === 'wifi' && on !== undefined) twin.wifi.inRange = on
  else if (what === 'dhcp' && on !== undefined) twin.wifi.home.dhcp = on
  else if (what === 'time' && on !== undefined) twin.time.silent = !on
  else if (what === 'ble' && on !== undefined && twin.concentrator !== undefined) twin.concentrator.inRange = on
  else if (what === 'line' && name === 'silent' && on !== undefined) twin.line.faults.silent = on
  else if (what === 'line' && name === 'echo' && on !== undefined) twin.line.faults.echo = on
  else if (what === 'line' && name === 'noise' && Number(value) >= 0 && Number(value) <= 1)
    twin.line.faults.noise = Number(value)
  else return USAGE
  return `${line.trim()}: done`
}
