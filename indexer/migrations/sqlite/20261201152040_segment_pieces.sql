-- Where the pieces of a finished segment are that players load, so that a playlist reads no media file. Written when a
-- segment is finished, mended or found by `--rebuild-segments`; made from the file where it is missing, and goes with its
-- segment.
CREATE TABLE segment_pieces (
    camera TEXT NOT NULL,
    start_us INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,         -- of the file that they were read from; they are of no other
    pieces BLOB NOT NULL CHECK (length(pieces) <= 16384), -- the stored form of footage: about ten bytes for four seconds
    PRIMARY KEY (camera, start_us),
    FOREIGN KEY (camera, start_us) REFERENCES segment (camera, start_us) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
