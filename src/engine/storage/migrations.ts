/**
 * The steps from an empty file to today's tables; `user_version` counts those that were taken. A step that was released is
 * never edited: add one. Column names are the fields of the domain types, so that no row needs renaming.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE submissions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    createdAtMs REAL NOT NULL,
    destination TEXT NOT NULL,
    priority TEXT NOT NULL,
    onExists TEXT NOT NULL
  ) STRICT;

  CREATE TABLE jobs (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    submissionId TEXT NOT NULL REFERENCES submissions (id),
    source TEXT NOT NULL,
    sourcePath TEXT AS (source ->> '$.path') VIRTUAL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    sizeBytes REAL NOT NULL,
    sourceModifiedAtMs REAL NOT NULL,
    profile TEXT NOT NULL,
    sink TEXT NOT NULL,
    onExists TEXT NOT NULL,
    priority TEXT NOT NULL,
    priorityRank INTEGER AS (CASE priority WHEN 'stat' THEN 0 WHEN 'high' THEN 1 WHEN 'normal' THEN 2 ELSE 3 END) VIRTUAL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    notBeforeMs REAL NOT NULL DEFAULT 0,
    failedNodeIds TEXT NOT NULL DEFAULT '[]',
    ranOn TEXT,
    "commit" TEXT,
    output TEXT,
    skipped INTEGER,
    error TEXT,
    report TEXT,
    createdAtMs REAL NOT NULL,
    startedAtMs REAL,
    endedAtMs REAL
  ) STRICT;
  CREATE INDEX jobsBySubmission ON jobs (submissionId, sequence);
  CREATE INDEX jobsByState ON jobs (state, endedAtMs);
  CREATE INDEX jobsWaiting ON jobs (priorityRank, sequence) WHERE state = 'queued';
  CREATE INDEX jobsBySource ON jobs (sourcePath);
  CREATE INDEX jobsByOutput ON jobs (output) WHERE output IS NOT NULL;
  CREATE INDEX jobsDue ON jobs (notBeforeMs) WHERE state = 'queued';

  CREATE TABLE attempts (
    jobId TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    epoch INTEGER NOT NULL,
    nodeId TEXT NOT NULL,
    nodeName TEXT NOT NULL,
    startedAtMs REAL NOT NULL,
    endedAtMs REAL,
    outcome TEXT NOT NULL,
    error TEXT,
    PRIMARY KEY (jobId, epoch)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE logLines (
    line INTEGER PRIMARY KEY AUTOINCREMENT,
    jobId TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    atMs REAL NOT NULL,
    level TEXT NOT NULL,
    message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX logLinesByJob ON logLines (jobId, line);

  CREATE TABLE results (
    recorded INTEGER PRIMARY KEY AUTOINCREMENT,
    output TEXT NOT NULL UNIQUE,
    sourcePath TEXT NOT NULL,
    sourceSizeBytes REAL NOT NULL,
    sourceModifiedAtMs REAL NOT NULL,
    profile TEXT NOT NULL,
    outputSizeBytes REAL NOT NULL,
    outputModifiedAtMs REAL NOT NULL
  ) STRICT;
  CREATE INDEX resultsBySource ON results (sourcePath, profile, recorded);

  CREATE TABLE tasks (
    taskId TEXT PRIMARY KEY,
    jobId TEXT NOT NULL,
    epoch INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting',
    workerId TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tasksLeased ON tasks (taskId) WHERE state = 'leased';

  CREATE TABLE documents (
    name TEXT PRIMARY KEY,
    json TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE apiKeys (
    id TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    scopes TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    createdAtMs REAL NOT NULL,
    lastUsedAtMs REAL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  ALTER TABLE jobs ADD COLUMN dispatch TEXT;
  `
]
