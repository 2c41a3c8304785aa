-- What is personal may be taken out of the log; the chain of hashes stays as it was.

ALTER TABLE change ADD COLUMN erased boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN change.erased IS
    'Personal data was taken out of patch, reason or resolution: the hashes are of what was there';

-- The one door: what the numbered changes hold from now on. The log's owner alone may go through it,
-- not the role that serves.
CREATE FUNCTION erase_changes(seqs bigint[], patches bytea[], reasons text[], resolutions bytea[])
    RETURNS bigint LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    done bigint;
BEGIN
    UPDATE change c SET patch = u.patch, reason = u.reason, resolution = u.resolution, erased = true
        FROM unnest(seqs, patches, reasons, resolutions) AS u(seq, patch, reason, resolution)
        WHERE c.seq = u.seq;
    GET DIAGNOSTICS done = ROW_COUNT;
    RETURN done;
END $$;
REVOKE ALL ON FUNCTION erase_changes(bigint[], bytea[], text[], bytea[]) FROM PUBLIC;
COMMENT ON FUNCTION erase_changes(bigint[], bytea[], text[], bytea[]) IS
    'Erases personal data from changes; hashes and metadata stay';
