import { deepEqual, equal } from 'node:assert/strict'
import { encodeUtf8 } from '../../modules/codec/utf8.js'
import { type Form, parseForm } from '../../modules/portal/form.js'

function parse(text: string): Form {
  return parseForm(encodeUtf8(text))
}

describe('a form', () => {
  it('is decoded as browsers encode it', () => {
    const form = parse('essid=Caf%C3%A9+%C3%86r%C3%B8&passwd=a%26b%3Dc%25%2B&mqtthost=')
    deepEqual([form.get('essid'), form.get('passwd'), form.get('mqtthost')], ['Café Ærø', 'a&b=c%+', ''])
  })

  it('has what a script wrote without encoding it', () => {
    equal(parse('essid=Café').get('essid'), 'Café')
    equal(parse('passwd=100%&x').get('passwd'), '100%')
    equal(parse('passwd=%zz%4').get('passwd'), '%zz%4')
    equal(parse('passwd=50%25%').get('passwd'), '50%%')
    equal(parse('passwd=%-1%1-%::%4G&x=1').get('passwd'), '%-1%1-%::%4G')
    equal(parseForm(Uint8Array.from('passwd=%ÿ1%1ÿ', (character) => character.charCodeAt(0))).get('passwd'), '%ÿ1%1ÿ')
  })

  it('has blanks where there are no other escapes', () => {
    deepEqual([parse('passwd=a+b').get('passwd'), parse('passwd=+a').get('passwd')], ['a b', ' a'])
  })

  it('may begin or end with no field, or with one without a name', () => {
    deepEqual([...parse('&essid=a')].at(-1), ['essid', 'a'])
    deepEqual(
      [...parse('=x&essid=a&')],
      [
        ['', 'x'],
        ['essid', 'a'],
      ],
    )
    equal(parse('').size, 0)
  })

  it('tells a field that is empty from one that is missing', () => {
    const form = parse('essid&passwd=')
    deepEqual([form.get('essid'), form.get('passwd'), form.get('mqtthost')], ['', '', undefined])
  })

  it('keeps the first of two fields with one name', () => {
    equal(parse('essid=a&essid=b').get('essid'), 'a')
  })

  it('knows no field that nobody sent', () => {
    deepEqual([parse('').get('constructor'), parse('__proto__=x').get('toString')], [undefined, undefined])
    equal([...parse('__proto__=x')].join(), '__proto__,x')
  })

  it('shows bytes that are not UTF-8 for what they are', () => {
    equal(parse('essid=%ff%00a').get('essid'), 'ÿ\0a')
  })

  it('has at most 32 fields', () => {
    const form = parse(Array.from({ length: 40 }, (_, i) => `f${i}=1`).join('&'))
    equal(form.size, 32)
  })
})
