const everything = require('../.mocharc.cjs')
const slow = require('./slow.json').map((name) => `hosttest/${name}.test.ts`)

module.exports = { ...everything, spec: everything.spec.filter((file) => !slow.includes(file)) }
