import { deepEqual, equal, throws } from 'node:assert/strict'
import { Resolver } from '../../modules/device/resolver.js'

/** The SDK's resolver: it answers one question after the other, and keeps those whose asker is gone. */
function setUp() {
  const questions: { readonly name: string; answer(address?: string): void }[] = []
  const answers: string[] = []
  const resolver = new Resolver((name, onResolved) => {
    questions.push({ name, answer: (address) => onResolved(name, address) })
  })
  const ask = (name: string, asker = '') =>
    resolver.resolve(name, (address) => answers.push(`${asker}${name} ${address}`))
  return { resolver, questions, answers, ask }
}

describe('the resolver', () => {
  it('tells the address of a name, or that there is none, and asks anew afterwards', () => {
    const { questions, answers, ask } = setUp()
    ask('broker')
    questions[0]!.answer('10.0.0.1')
    ask('broker')
    questions[1]!.answer()
    deepEqual(answers, ['broker 10.0.0.1', 'broker undefined'])
  })

  it('asks once at a time, however often the broker is tried while the DNS is dead', () => {
    const { questions, answers, ask } = setUp()
    for (let attempt = 0; attempt < 10_000; attempt++) ask('broker', `${attempt} `)
    equal(questions.length, 1)
    questions[0]!.answer('10.0.0.1')
    deepEqual(answers, ['9999 broker 10.0.0.1'])
  })

  it('asks for another name beside it, and for no more than four', () => {
    const { questions, answers, ask } = setUp()
    for (const name of ['a', 'b', 'c', 'd']) ask(name)
    throws(() => ask('e'))
    questions[2]!.answer('10.0.0.3')
    ask('e')
    deepEqual(
      questions.map(({ name }) => name),
      ['a', 'b', 'c', 'd', 'e'],
    )
    deepEqual(answers, ['c 10.0.0.3'])
  })

  it('asks again where it could not ask', () => {
    let isFull = true
    const asked: string[] = []
    const resolver = new Resolver((name) => {
      if (isFull) throw new Error('out of memory')
      asked.push(name)
    })
    throws(() => resolver.resolve('broker', () => {}), /out of memory/)
    isFull = false
    resolver.resolve('broker', () => {})
    deepEqual(asked, ['broker'])
  })
})
