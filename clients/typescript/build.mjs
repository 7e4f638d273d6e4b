// Builds the npm packages from the one source in src/: `node build.mjs [folder]` (dist by default).
// It needs typescript and @types/node in the folder that it is called from. Each package carries ES modules with types, and CommonJS for `require`, which gives the client's class itself.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGES = [
  { name: '@craudiovizai/sdk', entry: 'craudioviz', main: 'CRAudioViz' },
  { name: '@craudioviz/sdk', entry: 'craudioviz', main: 'CRAudioViz' },
  { name: '@clisonix/sdk', entry: 'clisonix', main: 'ClisonixClient' },
];
const FORMATS = {
  esm: { type: 'module', options: [] },
  cjs: {
    type: 'commonjs',
    options: ['--module', 'commonjs', '--moduleResolution', 'node10', '--declaration', 'false'],
  },
};

const out = resolve(process.argv[2] ?? join(HERE, 'dist'));
const installed = join(process.cwd(), 'node_modules');
const compiler = join(installed, 'typescript', 'bin', 'tsc');
const scratch = mkdtempSync(join(tmpdir(), 'clients-'));
for (const [format, { type, options }] of Object.entries(FORMATS)) {
  const target = join(scratch, format);
  const given = ['-p', HERE, '--typeRoots', join(installed, '@types'), '--outDir', target, ...options];
  execFileSync(process.execPath, [compiler, ...given], { stdio: 'inherit' });
  writeFileSync(join(target, 'package.json'), JSON.stringify({ type }));
}
for (const { name, entry, main } of PACKAGES) {
  const folder = join(out, name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(scratch, folder, { recursive: true });
  writeFileSync(
    join(folder, 'index.cjs'),
    `const library = require('./cjs/${entry}.js');\nmodule.exports = Object.assign(library.${main}, library);\n`,
  );
  const manifest = {
    name,
    version: '1.0.0',
    main: './index.cjs',
    types: `./esm/${entry}.d.ts`,
    exports: { '.': { types: `./esm/${entry}.d.ts`, import: `./esm/${entry}.js`, require: './index.cjs' } },
    engines: { node: '>=20' },
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
rmSync(scratch, { recursive: true });
