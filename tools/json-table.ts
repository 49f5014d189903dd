import { Option } from 'commander'
import { visible } from '../modules/codec/visible.js'
import { UsageError } from './errors.js'
import { LineOutput } from './line-output.js'
import { print } from './print.js'
import { alignedLines, tableLines } from './table.js'

type Json = string | boolean | null | readonly Json[] | { readonly [name: string]: Json }

/** A string, or a number outside of strings. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/g

/** The option that has a result that is JSON printed for people. */
export function tableOption(): Option {
  return new Option('--table', 'tables for people instead of JSON')
}

/** Prints a result, which is JSON, as it is or as tables. */
export function printResult(json: string, isTable = false): void {
  for (const line of isTable ? jsonTable(json) : [json]) print(line)
}

/** The output for many results, each of which is a line of JSON. */
export function resultOutput(isTable = false): LineOutput {
  return isTable ? new TableOutput() : new LineOutput()
}

/** Characters of the longest result whose table is made. */
const MOST = 64 * 1024 * 1024

/** Prints results as tables with an empty line between them. */
class TableOutput extends LineOutput {
  #part = ''
  #isFirst = true

  override text(text: string): void {
    this.#part += text
    if (this.#part.length > MOST) throw new UsageError('--table: a result is longer than 64 MB')
    if (!text.endsWith('\n')) return
    const lines = jsonTable(this.#part)
    this.#part = ''
    super.text(`${this.#isFirst ? '' : '\n'}${lines.join('\n')}\n`)
    this.#isFirst = false
  }
}

/**
 * A result, which is JSON, as tables for people: what has one value first, then each object and each list of objects under
 * its name. What is empty is left out. Numbers keep their digits, and characters that steer a terminal are escaped.
 */
export function jsonTable(json: string): string[] {
  const value: Json = JSON.parse(json.replace(STRING_OR_NUMBER, (text) => (text.startsWith('"') ? text : `"${text}"`)))
  return isList(value) ? listLines(value) : isObject(value) ? objectLines(value) : [cellOf(value)]
}

function objectLines(object: { readonly [name: string]: Json }): string[] {
  const plain: string[][] = []
  const parts: string[][] = []
  for (const [name, value] of Object.entries(object)) {
    if (isList(value) && value.some(isObject)) parts.push([`${name}:`, ...indented(listLines(value))])
    else if (isObject(value)) parts.push([`${name}:`, ...indented(objectLines(value))])
    else if (!isList(value) || value.length > 0) plain.push([name, cellOf(value)])
  }
  const named = parts.filter((lines) => lines.length > 1)
  return [...alignedLines(plain), ...named.flat()]
}

function listLines(list: readonly Json[]): string[] {
  const rows = list.filter(isObject)
  if (rows.length < list.length) return list.map(cellOf)
  const heads = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return rows.length === 0 ? [] : tableLines(heads, table(rows, heads))
}

function table(rows: readonly { readonly [name: string]: Json }[], heads: readonly string[]): (string | null)[][] {
  return rows.map((row) => heads.map((head) => (Object.hasOwn(row, head) ? cellOf(row[head]!) : null)))
}

function cellOf(value: Json): string {
  if (isList(value)) return value.map(cellOf).join(', ')
  if (value === null || value === '') return '-'
  return visible(isObject(value) ? JSON.stringify(value) : String(value))
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`)
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isObject(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !isList(value)
}
