/** A dashboard as a Grafana server has it. */
export interface StoredDashboard {
  /** In the classic model, without `id` and `version`. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly version: number;
  /** Title of its folder; null at the top. */
  readonly folder: string | null;
  readonly folderUid: string | null;
  /** A file on the server makes it: what is pushed would be refused, or be gone with the next start. */
  readonly isProvisioned: boolean;
}

export interface GrafanaFolder {
  readonly uid: string;
  readonly title: string;
}

/**
 * A Grafana server. Fails as an HTTP client does, with `permission` where it does not know who asks or does not let them,
 * and `remote` where it answers something else than Grafana would.
 */
export interface GrafanaServer {
  /** Without a slash at the end. */
  readonly url: string;
  /** Null where there is none; fails with `unsupported` where it is in the newer model (v2), which is never overwritten. */
  dashboard(uid: string, signal?: AbortSignal): Promise<StoredDashboard | null>;
  /** The folder at the top of that title; null where there is none. */
  findFolder(title: string, signal?: AbortSignal): Promise<GrafanaFolder | null>;
  createFolder(title: string, signal?: AbortSignal): Promise<GrafanaFolder>;
  /** Fails with `busy` where the server no longer has `version`: somebody else was quicker, and nothing is changed. */
  save(
    dashboard: {
      readonly content: Readonly<Record<string, unknown>>;
      /** The one that was seen; 0 for a new dashboard. */
      readonly version: number;
      readonly folderUid: string | null;
      readonly message: string;
    },
    signal?: AbortSignal,
  ): Promise<{ readonly url: string; readonly version: number }>;
}
