// Prints each component that Salesforce's library finds in a directory, each that its package.xml names and finds, and
// every warning.
const { Lifecycle } = require('@salesforce/core');
const { ComponentSet } = require('@salesforce/source-deploy-retrieve');

const directory = process.argv[2];
const warn = async (warning) => console.log(`warning ${warning.message ?? warning}`);
process.on('warning', warn);
Lifecycle.getInstance().onWarning(warn);

async function main() {
  for (const component of ComponentSet.fromSource(directory).getSourceComponents()) {
    console.log(`source ${component.type.name} ${component.fullName}`);
  }
  const manifest = await ComponentSet.fromManifest({
    manifestPath: `${directory}/package.xml`,
    resolveSourcePaths: [directory],
  });
  for (const component of manifest.getSourceComponents()) {
    console.log(`manifest ${component.type.name} ${component.fullName}`);
  }
}

main();
