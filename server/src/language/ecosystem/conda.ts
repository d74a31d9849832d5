import { Analysis, type EcosystemDocument, resolvePath, type Surroundings } from './analysis.ts';
import { at, itemsOf, pairOf, textOf } from './tree.ts';

/** What conda says of an environment file: pip is listed where it is used; the files that pip reads are there. */
export function analyseEnvironment({ uri, root }: EcosystemDocument, around: Surroundings): Analysis {
  const analysis = new Analysis();
  const dependencies = itemsOf(at(root, 'dependencies'));
  const listsPip = dependencies.some((each) => /^(?:[\w.-]+::)?pip(?![\w.-])/.test(textOf(each) ?? ''));
  for (const group of dependencies) {
    const pip = pairOf(group, 'pip');
    if (!pip) continue;
    if (!listsPip)
      analysis.form(
        pip.key,
        'Packages are installed by pip, but `pip` is not among the dependencies; conda adds it with a warning.',
        'hint',
      );
    for (const item of itemsOf(pip.value)) {
      const path = /^(?:-r|--requirement|-c|--constraint)[\s=]+(.+)$/.exec(textOf(item) ?? '')?.[1]?.trim();
      const target = path === undefined ? null : resolvePath(uri, path);
      if (target) analysis.file(item, target, around, `There is no file \`${path}\`; pip can’t read it.`);
    }
  }
  return analysis;
}
