// Loaded on use by `store.ts`: it is large, and keys and SAS tokens do without it.
export { DefaultAzureCredential } from '@azure/identity';
