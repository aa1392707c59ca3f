"""The store's schema as an append-only list of named steps: never edit one, append another."""

MIGRATIONS: list[tuple[str, str]] = [
    (
        "0001-images",
        """
        CREATE TABLE images (
            id            INTEGER PRIMARY KEY,
            path          TEXT NOT NULL UNIQUE,      -- from the project folder, forward slashes
            name          TEXT NOT NULL,             -- the file's own name, kept
            role          TEXT NOT NULL,             -- source, page, drawing, generated, refined
            sha256        TEXT NOT NULL,             -- of the file's bytes
            pixels_sha256 TEXT NOT NULL DEFAULT '',  -- of the upright sRGB pixels and their size
            bytes         INTEGER NOT NULL,
            width         INTEGER NOT NULL,          -- upright, in pixels
            height        INTEGER NOT NULL,
            format        TEXT NOT NULL DEFAULT '',  -- PNG, JPEG, ...
            mode          TEXT NOT NULL DEFAULT '',  -- as stored: RGB, L, P, CMYK, RGBA, I;16, ...
            tag           TEXT NOT NULL DEFAULT '',  -- the subfolder it came from
            origin        TEXT NOT NULL DEFAULT '',  -- where it lay when it was added
            parent        INTEGER REFERENCES images(id),
            run           TEXT,                      -- the run that made it
            seed          INTEGER,
            facts         TEXT NOT NULL DEFAULT '{}',
            added_at      TEXT NOT NULL
        );
        CREATE INDEX images_sha256 ON images(sha256);
        CREATE INDEX images_name ON images(name);
        CREATE INDEX images_run ON images(run);
        CREATE TABLE refused (
            file   TEXT PRIMARY KEY,                 -- where it lies
            reason TEXT NOT NULL,
            sha256 TEXT NOT NULL DEFAULT '',
            at     TEXT NOT NULL
        );
        """,
    ),
    (
        "0002-journal",
        """
        CREATE TABLE journal (
            id      INTEGER PRIMARY KEY AUTOINCREMENT,
            at      TEXT NOT NULL,
            who     TEXT NOT NULL,
            verb    TEXT NOT NULL,                   -- mark, hide, groups, sort, undo, ...
            said    TEXT NOT NULL,                   -- one sentence for a person
            payload TEXT NOT NULL DEFAULT '{}',
            undoes  INTEGER REFERENCES journal(id)
        );
        CREATE TABLE changes (
            id     INTEGER PRIMARY KEY AUTOINCREMENT,
            entry  INTEGER NOT NULL REFERENCES journal(id),
            image  INTEGER NOT NULL REFERENCES images(id),
            kind   TEXT NOT NULL,                    -- mark, hidden, group, rights, credit, ...
            before TEXT,
            after  TEXT                              -- NULL: nothing is decided
        );
        CREATE INDEX changes_place ON changes(image, kind, id);
        CREATE INDEX changes_entry ON changes(entry);
        CREATE VIEW decisions AS
            SELECT c.image, c.kind, c.after AS value, c.entry FROM changes c
            WHERE c.after IS NOT NULL AND c.id = (
                SELECT max(d.id) FROM changes d WHERE d.image = c.image AND d.kind = c.kind);
        CREATE TRIGGER journal_keeps  BEFORE DELETE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is only ever appended to'); END;
        CREATE TRIGGER journal_stands BEFORE UPDATE ON journal
            BEGIN SELECT RAISE(ABORT, 'the journal is only ever appended to'); END;
        CREATE TRIGGER changes_keep   BEFORE DELETE ON changes
            BEGIN SELECT RAISE(ABORT, 'the journal is only ever appended to'); END;
        CREATE TRIGGER changes_stand  BEFORE UPDATE ON changes
            BEGIN SELECT RAISE(ABORT, 'the journal is only ever appended to'); END;
        """,
    ),
    (
        "0003-sets-and-runs",
        """
        CREATE TABLE sets (
            name    TEXT PRIMARY KEY,
            about   TEXT NOT NULL DEFAULT '',
            made_at TEXT NOT NULL
        );
        CREATE TABLE members (
            set_name TEXT NOT NULL REFERENCES sets(name),
            position INTEGER NOT NULL,
            image    INTEGER NOT NULL REFERENCES images(id),
            PRIMARY KEY (set_name, image)
        );
        CREATE TABLE runs (
            name     TEXT PRIMARY KEY,               -- the folder under runs/
            number   INTEGER NOT NULL UNIQUE,
            step     TEXT NOT NULL,
            status   TEXT NOT NULL,                  -- running, finished
            started  TEXT NOT NULL,
            finished TEXT
        );
        """,
    ),
    (
        "0004-measured",
        """
        CREATE TABLE measured (
            name  TEXT NOT NULL,                     -- family.name, such as form.eyes
            image INTEGER NOT NULL REFERENCES images(id),
            value REAL NOT NULL,
            PRIMARY KEY (name, image)
        ) WITHOUT ROWID;
        """,
    ),
]
