import { argparseOptions } from './argparse.ts';
import { clickOptions } from './click.ts';
import type { PythonCommand } from './module.ts';
import type { Script } from './script.ts';
import { typerOptions } from './typer.ts';

/** Libraries that make a command line in ways which are not read here. */
const others =
  /^(?:fire|hydra|absl|tyro|docopt|jsonargparse|simple_parsing|configargparse|plac|cleo|clize|optparse|getopt|pytorch_lightning|lightning|transformers\.HfArgumentParser|transformers)(?:\.|$)/;

/** The command line of a script; null where it has none, or anything about it is made while it runs. */
export function commandOf(script: Script): PythonCommand | null {
  const imported = [...script.imports.values()];
  if (imported.some((name) => others.test(name))) return null;
  const uses = (library: string) => imported.some((name) => name === library || name.startsWith(`${library}.`));
  const libraries = (['argparse', 'click', 'typer'] as const).filter(uses);
  const [library] = libraries;
  if (library === undefined || libraries.length > 1) return null;
  if (library === 'argparse') return argparseOptions(script);
  if (/\bsys\s*\.\s*argv\b/.test(script.text)) return null;
  const options = library === 'click' ? clickOptions(script) : typerOptions(script);
  return options && { library, options, abbreviations: false };
}
