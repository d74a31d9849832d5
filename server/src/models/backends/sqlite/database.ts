import type { DatabaseKind } from '../../../platform/migrated-database.ts';
import { auditTables } from '../shared/audit-table.ts';
import { identityTable } from '../shared/identity.ts';

/** A registry of models in one SQLite file, with its audit log: a change and its entry are one transaction. */
export const registryDatabase: DatabaseKind = {
  applicationId: 0x6d6c6f70,
  busyTimeoutMs: 15_000,
  synchronous: 'FULL',
  remedy: {
    damaged: 'Name another file by MODEL_REGISTRY_URI or in mlops.yaml, or bring back a copy of this one.',
    newer: 'Update MLOps Workbench: the registry is left as it is.',
  },
  migrations: [
    `${identityTable}
     CREATE TABLE versions (
       id INTEGER PRIMARY KEY,
       model TEXT NOT NULL,
       version TEXT NOT NULL,
       sort_key TEXT NOT NULL,
       stage TEXT,
       archived INTEGER NOT NULL DEFAULT 0,
       manifest_digest TEXT NOT NULL,
       root_digest TEXT NOT NULL,
       size INTEGER NOT NULL,
       file_count INTEGER NOT NULL,
       framework TEXT,
       created_at INTEGER NOT NULL,
       created_by TEXT NOT NULL,
       metadata TEXT NOT NULL,
       words TEXT NOT NULL,
       bundle TEXT,
       UNIQUE (model, version)
     ) STRICT;
     CREATE UNIQUE INDEX versions_order ON versions (model, sort_key DESC);
     CREATE TABLE files (
       version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
       path TEXT NOT NULL,
       size INTEGER NOT NULL,
       sha256 TEXT NOT NULL,
       PRIMARY KEY (version_id, path)
     ) WITHOUT ROWID, STRICT;
     CREATE INDEX files_by_content ON files (sha256);
     CREATE TABLE aliases (
       model TEXT NOT NULL,
       alias TEXT NOT NULL,
       version TEXT NOT NULL,
       PRIMARY KEY (model, alias),
       FOREIGN KEY (model, version) REFERENCES versions (model, version)
     ) WITHOUT ROWID, STRICT;
     CREATE TABLE reports (
       version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
       digest TEXT NOT NULL,
       passed INTEGER NOT NULL,
       content TEXT NOT NULL,
       created_at INTEGER NOT NULL,
       PRIMARY KEY (version_id, digest)
     ) WITHOUT ROWID, STRICT;
     CREATE INDEX reports_by_digest ON reports (digest);
     ${auditTables}
     CREATE TABLE deleted (
       model TEXT NOT NULL,
       version TEXT NOT NULL,
       manifest_digest TEXT NOT NULL,
       PRIMARY KEY (model, version)
     ) WITHOUT ROWID, STRICT`,
  ],
};
