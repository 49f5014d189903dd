import { deepEqual, equal, throws } from 'node:assert/strict'
import { byAddress, Resolver } from '../../modules/device/resolver.js'

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

  it('asks for other names beside it, and for no more than eight', () => {
    const { questions, answers, ask } = setUp()
    for (const name of 'abcdefgh') ask(name)
    throws(() => ask('i'))
    questions[2]!.answer('10.0.0.3')
    ask('i')
    equal(questions.map(({ name }) => name).join(''), 'abcdefghi')
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

describe('a time server', () => {
  it('is asked by its address, and not at all where it has none', async () => {
    const { resolver, questions } = setUp()
    const asked: string[] = []
    const query = byAddress(resolver, (server) => {
      asked.push(server)
      return Promise.resolve(1_800_000_000_000)
    })
    const time = query('time.example')
    questions[0]!.answer('10.0.0.9')
    equal(await time, 1_800_000_000_000)
    const none = query('time.example')
    questions[1]!.answer()
    equal(await none, undefined)
    deepEqual(asked, ['10.0.0.9'])
  })

  it('gives no answer where nobody can be asked for its address', async () => {
    const resolver = new Resolver(() => {
      throw new Error('out of memory')
    })
    equal(await byAddress(resolver, () => Promise.resolve(1))('time.example'), undefined)
  })
})
