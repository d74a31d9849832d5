/**
 * The package of npm that brings Node for one platform, with its headers: the names that the package `node` installs by.
 * @param {string} platform as process.platform @param {string} arch as process.arch
 * @returns {{name: string, binary: string}} `binary` lies within the package
 */
export function nodePackage(platform, arch) {
  if (platform === 'win32') {
    const name = `node-win-${arch === 'ia32' ? 'x86' : arch}`;
    return { name, binary: 'bin/node.exe' };
  }
  const prefix = platform === 'darwin' && arch === 'arm64' ? 'node-bin' : 'node';
  return { name: `${prefix}-${platform}-${arch}`, binary: 'bin/node' };
}
