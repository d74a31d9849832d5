import { existsSync, globSync } from 'node:fs';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { type BuildOptions, type BuildResult, build, context, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');
const watch = process.argv.includes('--watch');
const development = watch || process.argv.includes('--development');

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  minify: !development,
  sourcemap: true,
  // The map is beside the bundle for debugging and coverage; it is not part of the package.
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
  define: { 'process.env.NODE_ENV': JSON.stringify(development ? 'development' : 'production') },
};

/** Dependencies that are CommonJS inside an ESM bundle ask for `require`. */
const requireBanner =
  "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);";

function clientBundle(): BuildOptions {
  return {
    ...common,
    entryPoints: { extension: 'client/src/extension.ts', 'client-main': 'client/src/main.ts' },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode', './client-main.cjs'],
  };
}

function serverBundle(): BuildOptions {
  const workers = globSync('server/src/**/*.worker.ts', { cwd: root });
  return {
    ...common,
    entryPoints: {
      server: 'server/src/server.ts',
      backend: 'server/src/backend.ts',
      cli: 'server/src/cli.ts',
      ...Object.fromEntries(workers.map((file) => [basename(file, '.ts'), file])),
    },
    outdir: 'dist',
    chunkNames: 'chunks/[name]-[hash]',
    format: 'esm',
    splitting: true,
    platform: 'node',
    target: 'node24',
    banner: { js: requireBanner },
    // Native: it is found in node_modules, which in a package lie beside the bundle.
    external: ['@duckdb/node-bindings'],
  };
}

function webviewBundles(): BuildOptions {
  const panels = globSync('webviews/src/*/main.ts', { cwd: root });
  if (panels.length === 0) throw new Error('There are no panels below webviews/src.');
  return {
    ...common,
    entryPoints: Object.fromEntries(panels.map((file) => [`${basename(dirname(file))}/main`, file])),
    outdir: 'dist/webviews',
    assetNames: 'assets/[name]',
    format: 'esm',
    platform: 'browser',
    target: 'chrome130',
    loader: { '.ttf': 'file', '.svg': 'dataurl' },
    conditions: development ? ['development'] : [],
  };
}

/** zod brings its messages in fifty languages. Ours are English, and written here where a person reads them. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup(on) {
    on.onResolve({ filter: /^\.\.\/locales\/index\.js$/ }, ({ resolveDir }) =>
      resolveDir.includes(join('zod', 'v4'))
        ? { path: join(resolveDir, '../locales/en.js'), sideEffects: false }
        : undefined,
    );
  },
};

/** Tells which bundle was built and how large its entries are; keeps esbuild's metafile for the size tests. */
function report(name: string): Plugin {
  return {
    name: 'report',
    setup(on) {
      on.onEnd(async (result: BuildResult) => {
        if (!result.metafile) return;
        await mkdir(join(root, 'out/meta'), { recursive: true });
        await writeFile(join(root, 'out/meta', `${name}.json`), JSON.stringify(result.metafile));
        for (const [file, output] of Object.entries(result.metafile.outputs)) {
          if (!output.entryPoint) continue;
          console.log(`${relative('dist', file).padEnd(28)} ${(output.bytes / 1024).toFixed(1).padStart(8)} kB`);
        }
        if (name === 'server' && existsSync(join(root, 'dist/cli.js'))) await chmod(join(root, 'dist/cli.js'), 0o755);
      });
    },
  };
}

async function main(): Promise<void> {
  if (!watch) await rm(join(root, 'dist'), { recursive: true, force: true });
  const bundles = { client: clientBundle(), server: serverBundle(), webviews: webviewBundles() };
  const options = Object.entries(bundles).map(([name, bundle]) => ({
    ...bundle,
    plugins: [englishOnly, report(name)],
  }));
  if (watch) {
    const contexts = await Promise.all(options.map((bundle) => context(bundle)));
    await Promise.all(contexts.map((each) => each.watch()));
    console.log('Watching for changes; stop with Ctrl+C.');
    return;
  }
  for (const bundle of options) await build(bundle);
}

await main().catch((error: unknown) => {
  // esbuild has printed what is wrong with the sources.
  if (!(error instanceof Error && 'errors' in error)) console.error(error);
  process.exitCode = 1;
});
