// Loaded on first use by `tree.ts`. A package that is imported dynamically loses its names in a split bundle; a file of
// our own keeps them.
export { parser } from '@lezer/python';
