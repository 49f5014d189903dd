const everything = require('../.mocharc.cjs')
const slow = require('./slow.json').map((name) => `hosttest/${name}.test.ts`)

/** What `npm run test:nodes` tries on each Node: what is fast, and the command line. */
const isTried = (file) => !slow.includes(file) || file.startsWith('hosttest/tools/')

module.exports = { ...everything, spec: everything.spec.filter(isTried) }
