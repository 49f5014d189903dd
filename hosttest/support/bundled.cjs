/** Once for a test run: the command line is compiled before the tests start it, from each process of mocha's. */
exports.mochaGlobalSetup = async () => {
  const { bundle, isCurrent } = await import('../../tools/bundle.js')
  if (!isCurrent()) await bundle()
}
