-- Documents: the record, and its bytes beside it.

CREATE TABLE document (
    id uuid PRIMARY KEY CONSTRAINT document_id_ref REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    title text NOT NULL,
    subject uuid NOT NULL CONSTRAINT document_subject_ref
        REFERENCES record DEFERRABLE INITIALLY DEFERRED,
    media_type text NOT NULL,
    size bigint NOT NULL CONSTRAINT document_size_range CHECK (size >= 1),
    sha256 text NOT NULL
);
CREATE INDEX document_subject ON document (subject);
COMMENT ON COLUMN document.size IS 'Bytes';
COMMENT ON COLUMN document.sha256 IS 'Of its bytes, hexadecimal';

-- A document that is deleted leaves its tombstone in the register; its bytes go with this row.
CREATE TABLE document_chunk (
    document uuid CONSTRAINT document_chunk_document_ref REFERENCES document ON DELETE CASCADE,
    "offset" bigint CONSTRAINT document_chunk_offset_range CHECK ("offset" >= 0),
    bytes bytea NOT NULL CONSTRAINT document_chunk_bytes_length CHECK (length(bytes) > 0),
    PRIMARY KEY (document, "offset")
);
-- What is sent is mostly compressed already, and a part of it is read without the rest.
ALTER TABLE document_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
COMMENT ON TABLE document_chunk IS 'What was received of a document, each from its place on';

CREATE TABLE document_whole (
    document uuid PRIMARY KEY
        CONSTRAINT document_whole_document_ref REFERENCES document ON DELETE CASCADE,
    at timestamptz NOT NULL
);
COMMENT ON TABLE document_whole IS 'Documents whose size and SHA-256 were found to agree';
