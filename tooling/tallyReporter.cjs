// Mocha's usual output, and one line of JSON with the counts in the file that the launcher names, so that a stage is
// counted by what its tests did and not by what it printed.
const { appendFileSync } = require('node:fs');
const loaded = require('mocha');

// Mocha is an ES module: `require` answers its namespace in some versions of Node and its default in others.
const { Spec } = (loaded.default ?? loaded).reporters;

module.exports = class TallyReporter extends Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once('end', () => {
      const { passes: passed, failures: failed } = runner.stats;
      appendFileSync(process.env.TEST_TALLY_FILE, `${JSON.stringify({ passed, failed })}\n`);
    });
  }
};
