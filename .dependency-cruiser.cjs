const features = ['experiments', 'models', 'pipelines', 'deployments', 'monitoring'];
const featureGroup = features.join('|');

/** The dependency rules of docs/architecture.md, checked in CI. @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    { name: 'unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^vscode$' } },
    {
      name: 'schemas-import-zod-alone',
      severity: 'error',
      from: { path: '^schemas/' },
      to: { pathNot: ['^schemas/', '^node_modules/zod/'] },
    },
    {
      name: 'vscode-in-client-alone',
      severity: 'error',
      from: { pathNot: '^client/' },
      to: { path: ['^vscode$', '^node_modules/@types/vscode/', '^node_modules/vscode-languageclient/'] },
    },
    {
      name: 'sides-share-schemas-alone',
      severity: 'error',
      from: { path: '^(client|server|webviews)/' },
      to: { path: '^(client|server|webviews|tests)/', pathNot: '^$1/' },
    },
    {
      name: 'client-parts-know-no-feature',
      comment: 'What features of the client share imports none of them; main.ts hands it what they have.',
      severity: 'error',
      from: { path: '^client/src/(platform|webview|contributions)/' },
      to: { path: '^client/src/features/' },
    },
    {
      name: 'domain-knows-no-adapter',
      comment: "A feature's root files are its domain: schemas, platform and their own folder only.",
      severity: 'error',
      from: { path: `^server/src/(${featureGroup})/(?!backends/|engines/)` },
      to: { path: '^server/src/', pathNot: ['^server/src/$1/(?!backends/|engines/)', '^server/src/platform/'] },
    },
    {
      name: 'adapters-are-strangers',
      severity: 'error',
      from: { path: `^server/src/(${featureGroup})/(backends|engines)/([^/]+?)(?:\\.ts|/)` },
      to: {
        path: `^server/src/(${featureGroup})/(backends|engines)/`,
        pathNot: '^server/src/$1/$2/($3|shared)(?:\\.ts|/)',
      },
    },
    {
      name: 'features-meet-through-ports',
      severity: 'error',
      from: { path: `^server/src/(${featureGroup})/` },
      to: { path: `^server/src/(${featureGroup})/`, pathNot: '^server/src/$1/' },
    },
    {
      name: 'language-imports-no-adapter',
      severity: 'error',
      from: { path: '^server/src/language/' },
      to: { path: '^server/src/', pathNot: ['^server/src/language/', '^server/src/platform/'] },
    },
    {
      name: 'composition-root-alone-builds-adapters',
      severity: 'error',
      from: { path: '^server/src/', pathNot: ['^server/src/workspace\\.ts$', '/(backends|engines)/'] },
      to: { path: '^server/src/[^/]+/(backends|engines)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
