# What protects the programs and their unit from outside: flags of the compiler and the linker, and
# systemd's view of the units.

bats_require_minimum_version 1.5.0

setup()
{
    bin=${CONCERT_BIN:-build}
    units=$BATS_TEST_DIRNAME/../../server/systemd
    if nm -D "$bin/concertd" | grep -q __asan_init; then
        sanitized=1
    fi
}

plain_alone()
{
    [[ ! ${sanitized:-} ]] || skip "sanitizers have their own"
}

@test "the programs stand at no fixed address" {
    for program in concertd concert; do
        readelf -hW "$bin/$program" | grep -q 'Type: *DYN (Position-Independent Executable'
        readelf -dW "$bin/$program" | grep -q 'FLAGS_1.* PIE'
    done
}

@test "their tables of addresses are read-only once loaded" {
    for program in concertd concert; do
        readelf -lW "$bin/$program" | grep -q GNU_RELRO
        readelf -dW "$bin/$program" | grep -q BIND_NOW
    done
}

@test "no memory of theirs is both written and run, nor their stack" {
    for program in concertd concert; do
        readelf -lW "$bin/$program" | grep -q 'GNU_STACK.* RW  *0x'
        run ! grep -E 'LOAD.* RWE ' <(readelf -lW "$bin/$program")
        run ! grep -q TEXTREL <(readelf -dW "$bin/$program")
    done
}

@test "overrun buffers are noticed" {
    plain_alone
    for program in concertd concert; do
        nm -D "$bin/$program" | grep -q __stack_chk_fail
        nm -D "$bin/$program" | grep -q __vsnprintf_chk
        nm -D "$bin/$program" | grep -q __memcpy_chk
    done
}

@test "indirect jumps land where they may" {
    plain_alone
    [[ $(uname -m) == x86_64 ]] || skip "of x86-64 alone"
    objdump -d --no-show-raw-insn --disassemble=main "$bin/concertd" | grep -q endbr64
}

@test "systemd finds little that the units could do to the machine" {
    command -v systemd-analyze >/dev/null || skip "systemd-analyze is not installed"
    for unit in concertd concertd-daily; do
        run systemd-analyze security --offline=true --threshold=19 "$units/$unit.service"
        echo "$output" | tail -n 1
        [[ $status -eq 0 ]] # below 2.0
    done
}

@test "systemd understands every line of the units" {
    command -v systemd-analyze >/dev/null || skip "systemd-analyze is not installed"
    cp "$units"/*.service "$units"/*.timer "$BATS_TEST_TMPDIR"
    sed -i 's|/usr/sbin/concertd serve|/bin/true|; /^Documentation=/d' "$BATS_TEST_TMPDIR"/*.service
    run systemd-analyze verify "$BATS_TEST_TMPDIR"/concertd*.service "$BATS_TEST_TMPDIR"/*.timer
    echo "$output"
    run ! grep -E 'concertd(-daily)?\.(service|timer)' <<<"$output"
}

@test "the daily work names each region of the settings" {
    mkdir -p "$BATS_TEST_TMPDIR/state"
    printf '[server]\nlisten = 127.0.0.1:1\n[region mauricie]\n[region estrie]\n' \
        >"$BATS_TEST_TMPDIR/state/concertd.conf"
    printf '#!/bin/sh\necho "$@"\n[ "$1" != erase ]\n' >"$BATS_TEST_TMPDIR/concertd"
    chmod +x "$BATS_TEST_TMPDIR/concertd"
    # The words as systemd reads them: lines joined, $$ for $, \\ for \.
    words=$(sed -n "/^ExecStart=/,/'\$/p" "$units/concertd-daily.service" |
        sed -e ':a;/\\$/{N;s/\\\n//;ba}' -e "s/^ExecStart=.bin.sh -c '//; s/'\$//" \
            -e 's/\$\$/$/g; s/\\\\/\\/g' \
            -e "s|/var/lib/concertd|$BATS_TEST_TMPDIR/state|; s|/usr/sbin/concertd|$BATS_TEST_TMPDIR/concertd|")
    run sh -c "$words"
    [[ $status -eq 1 ]] # for what failed, which stopped nothing
    state=$BATS_TEST_TMPDIR/state
    [[ $output == "backup --state $state
erase --expired --state $state --region mauricie
doctor --state $state --region mauricie
erase --expired --state $state --region estrie
doctor --state $state --region estrie" ]]
}
