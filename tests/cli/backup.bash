# What tests of backups share, after region.bash: a pg_dump of the test's own in front of the real one.

# dumper SCRIPT: a pg_dump before the machine's, which first does that.
dumper()
{
    mkdir -p "$BATS_TEST_TMPDIR/bin"
    printf '#!/bin/bash\n%s\nexec /usr/bin/pg_dump "$@"\n' "$1" >"$BATS_TEST_TMPDIR/bin/pg_dump"
    chmod +x "$BATS_TEST_TMPDIR/bin/pg_dump"
}

# held_backup [OPTION...]: one that waits before pg_dump; its number in `held`, pg_dump's in the file.
held_backup()
{
    rm -f "$BATS_TEST_TMPDIR/held"
    dumper 'echo $$ >"$HELD"; exec sleep 600'
    HELD=$BATS_TEST_TMPDIR/held PATH=$BATS_TEST_TMPDIR/bin:$PATH "$bin/concertd" backup \
        --state "$STATE" "$@" >/dev/null 2>&1 3>&- &
    held=$!
    until [ -s "$BATS_TEST_TMPDIR/held" ]; do
        lives "$held"
        sleep 0.02
    done
}
