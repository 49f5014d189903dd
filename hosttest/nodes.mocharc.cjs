const everything = require('../.mocharc.cjs')
const slow = require('./slow.json').map((name) => `hosttest/${name}.test.ts`)

/** What `npm run test:nodes` tries on each Node: what is fast, and the command line. */
const isTried = (file) => !slow.includes(file) || file.startsWith('hosttest/tools/')

/** Without SEED all of them; with it every second one, which is as much as a push can wait for. */
const { SEED } = process.env
const isChosen = (_, i) => SEED === undefined || i % 2 === Math.floor(Number(SEED) / 3) % 2

module.exports = { ...everything, spec: everything.spec.filter(isTried).filter(isChosen) }
