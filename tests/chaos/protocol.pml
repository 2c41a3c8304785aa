/*
 * Concert's protocol as a model: two servers of one region, two clients, one record of two fields,
 * one log in one database. Messages, answers and servers are lost at any point, and what a client
 * gave up waiting for may still be done much later. Checked by spin (tests/chaos/model) for the
 * promises 1 (one log, pages without holes), 3 (exactly once), 4 (read your writes) and 5 (nothing
 * is overwritten unseen).
 *
 * A request and its answer are one step: between them the client does nothing, and what the answer
 * says was settled when it was made.
 *
 * Each of the macros NO_DEDUP, NO_MERGE, NO_WAIT, NO_FILL leaves out what keeps one promise: spin
 * must then find it broken.
 */

#define CLIENTS 2
#define SERVERS 2
#ifndef OPS
#define OPS 2 /* operations that each client writes at most */
#endif
#define ALL (CLIENTS * OPS)

#define BIT(n) (1 << (n))
#define UPTO(n) (BIT(n) - 1) /* all changes with a seq of at most n, as bits */

/* The database, which loses nothing that was committed. log_*[n]: the change with seq n + 1. */
byte head;
byte log_op[ALL]; /* op / OPS is its author */
byte log_field[ALL];

/* A server: the changes that its feed holds, as bits, and up to where it tells them. */
byte feed_held[SERVERS];
byte feed_head[SERVERS];

/* A client: its copy's place in the log, and the highest seq that it was told was accepted. */
byte cursor[CLIENTS];
byte told[CLIENTS];

/* A push whose client has given up waiting, and that a server may still come to: one at a time. */
bool late;
byte late_op;
byte late_field;
byte late_base;

/* Steps share what they count with; 0 between them, so that it makes no states. */
byte n, seq;
bool clash;

/* Promise 3: no operation is in the log twice. */
inline assert_new(op)
{
    n = 0;
    do
    :: n < head -> assert(log_op[n] != op); n++
    :: else -> break
    od
}

/* Promise 5: whoever set the field after `base` is the author. */
inline assert_seen(op, field, base)
{
    n = base;
    do
    :: n < head -> assert(log_field[n] != field || log_op[n] / OPS == (op) / OPS); n++
    :: else -> break
    od
}

/* Where the operation stands in the log; 0: nowhere. */
inline find(op)
{
    seq = 0;
    n = 0;
    do
    :: n < head ->
        if
        :: log_op[n] == op -> seq = n + 1
        :: else
        fi;
        n++
    :: else -> break
    od
}

/* Whether another client has set the field after `base`. */
inline compare(op, field, base)
{
    clash = false;
    n = base;
    do
    :: n < head ->
        clash = clash || (log_field[n] == field && log_op[n] / OPS != (op) / OPS);
        n++
    :: else -> break
    od
}

/* What a server committed goes to its feed, and is told when nothing before it is missing: another
 * server may have committed in between. */
inline feed(server)
{
    if
#ifndef NO_FILL
    :: feed_head[server] < head - 1 -> skip /* it is looked for in the database */
#endif
    :: else ->
        feed_held[server] = feed_held[server] | BIT(head - 1);
        feed_head[server] = head
    fi
}

/* One operation in a batch, under the head's lock: `seq` and `clash` are its result. */
inline commit(server, op, field, base)
{
    find(op);
#ifdef NO_DEDUP
    seq = 0;
#endif
    clash = false;
    if
    :: seq == 0 -> compare(op, field, base)
    :: else
    fi;
#ifdef NO_MERGE
    clash = false;
#endif
    if
    :: seq == 0 && !clash ->
        assert_new(op);
        assert_seen(op, field, base);
        log_op[head] = op;
        log_field[head] = field;
        head++;
        seq = head;
        feed(server)
    :: else
    fi;
    n = 0
}

/* What happens at the servers by itself. */
proctype region()
{
    byte server;

end:
    do
    /* what others committed, by LISTEN or because it was looked for */
    :: atomic { feed_head[0] < head -> feed_held[0] = UPTO(head); feed_head[0] = head }
    :: atomic { feed_head[1] < head -> feed_held[1] = UPTO(head); feed_head[1] = head }
    /* a push that nobody waits for any more */
    :: atomic { late ->
            if
            :: server = 0
            :: server = 1
            fi;
            commit(server, late_op, late_field, late_base);
            late = false; late_op = 0; late_field = 0; late_base = 0;
            server = 0; seq = 0; clash = false }
    od
}

proctype client(byte self)
{
    byte written = 0; /* operations so far */
    bool pending = false; /* the newest waits in the outbox */
    byte field, base, server;

    do
    /* a person writes, on what the copy shows; the first field that is written has no name yet */
    :: atomic { !pending && written < OPS ->
            if
            :: field = 0
            :: head > 0 || late || written > 0 || self > 0 -> field = 1
            fi;
            base = cursor[self];
            written++;
            pending = true }
    /* the outbox is sent, to either server, as often as the answer is lost */
    :: atomic { pending ->
            if
            :: server = 0
            :: server = 1
            fi;
            if
            :: commit(server, self * OPS + written - 1, field, base);
                if
                :: clash -> pending = false
                :: !clash ->
                    assert(log_op[seq - 1] == self * OPS + written - 1);
                    told[self] = (seq > told[self] -> seq : told[self]);
                    pending = false
                :: true /* killed before it is written down, or the answer lost */
                fi
            :: !late -> /* the client waits no more; the server may come to it */
                late = true; late_op = self * OPS + written - 1;
                late_field = field; late_base = base
            fi;
            if
            :: !pending -> field = 0; base = 0
            :: else
            fi;
            server = 0; seq = 0; clash = false }
    /* a refresh, at either server, which waits until it has what this client was told */
    :: atomic { cursor[self] < head ->
            if
            :: server = 0
            :: server = 1
            fi;
            if
#ifdef NO_WAIT
            :: true ->
#else
            :: feed_head[server] >= told[self] ->
#endif
                assert(feed_head[server] >= told[self]); /* promise 4 */
                /* promise 1: a page leaves out nothing up to where it says */
                assert((feed_held[server] & UPTO(feed_head[server])) == UPTO(feed_head[server]));
                cursor[self] =
                    (feed_head[server] > cursor[self] -> feed_head[server] : cursor[self])
            :: else /* not now */
            fi;
            server = 0 }
    :: atomic { !pending && written == OPS && cursor[self] == head && !late -> break }
    od
}

init
{
    atomic {
        run region();
        run client(0);
        run client(1) }
}
