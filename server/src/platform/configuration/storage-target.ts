/** Where artifacts are kept. Prefixes are empty or end with a slash; endpoints have no slash at their end. */
export type StorageTarget =
  | { readonly type: 'local'; readonly path: string }
  | {
      readonly type: 's3';
      readonly bucket: string;
      readonly prefix: string;
      readonly region: string | null;
      /** Null for the cloud's own. */
      readonly endpoint: string | null;
      readonly forcePathStyle: boolean;
    }
  | { readonly type: 'gcs'; readonly bucket: string; readonly prefix: string; readonly endpoint: string | null }
  | {
      readonly type: 'azure';
      readonly account: string;
      readonly container: string;
      readonly prefix: string;
      readonly endpoint: string | null;
    };

export interface ResolvedStorage {
  readonly target: StorageTarget;
  /** Of the server; null for a folder. */
  readonly origin: string | null;
  /** `ask` where a file of the workspace, not the person, names the server. */
  readonly consent: 'given' | 'ask';
}
