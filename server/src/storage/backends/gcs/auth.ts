// Loaded on use by `token.ts`: a file of our own keeps the package's names in a split bundle.
export { GoogleAuth } from 'google-auth-library';
