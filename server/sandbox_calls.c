#include "sandbox_calls.h"

#include <seccomp.h>

#define CALL(name) SCMP_SYS(name)

static const int needed[] = {
    /* what is open already */
    CALL(read), CALL(write), CALL(readv), CALL(writev), CALL(pread64), CALL(lseek), CALL(close),
    CALL(fcntl), CALL(dup), CALL(dup3), CALL(pipe2), CALL(eventfd2),
    /* sockets: clients, PostgreSQL (again and again), name servers */
    CALL(accept4), CALL(accept), CALL(connect), CALL(bind), CALL(shutdown), CALL(recvfrom),
    CALL(recvmsg), CALL(recvmmsg), CALL(sendto), CALL(sendmsg), CALL(sendmmsg), CALL(getsockopt),
    CALL(setsockopt), CALL(getsockname), CALL(getpeername),
    /* waiting */
    CALL(epoll_create1), CALL(epoll_ctl), CALL(epoll_wait), CALL(epoll_pwait), CALL(epoll_pwait2),
    CALL(poll), CALL(ppoll), CALL(select), CALL(pselect6), CALL(timerfd_create),
    CALL(timerfd_settime), CALL(alarm), CALL(setitimer), CALL(clock_gettime), CALL(clock_getres),
    CALL(clock_nanosleep), CALL(alarm), CALL(setitimer), CALL(nanosleep), CALL(gettimeofday),
    CALL(time), CALL(futex), CALL(sched_yield), CALL(restart_syscall),
    /* memory; what could be run is left out by the arguments of mmap and mprotect */
    CALL(brk), CALL(munmap), CALL(mremap), CALL(madvise), CALL(membarrier),
    /* files: settings and certificate again, time zones, resolv.conf, services */
    CALL(stat), CALL(lstat), CALL(fstat), CALL(newfstatat), CALL(statx), CALL(access),
    CALL(faccessat), CALL(faccessat2), CALL(readlink), CALL(readlinkat), CALL(getcwd),
    CALL(getdents64), CALL(fstatfs), CALL(statfs), CALL(fadvise64),
    /* itself */
    CALL(getpid), CALL(getppid), CALL(gettid), CALL(getuid), CALL(geteuid), CALL(getgid),
    CALL(getegid), CALL(getresuid), CALL(getresgid), CALL(getrandom), CALL(getrusage),
    CALL(getrlimit), CALL(sysinfo), CALL(uname), CALL(times), CALL(getcpu), CALL(sched_getaffinity),
    CALL(rseq), CALL(set_robust_list), CALL(rt_sigaction), CALL(rt_sigprocmask), CALL(rt_sigreturn),
    CALL(rt_sigtimedwait), CALL(sigaltstack), CALL(tgkill), CALL(exit), CALL(exit_group)};

/* Not those of keys: libpq's Kerberos may ask the kernel for a ticket, and is refused. */
static const int hostile[] = {CALL(execve), CALL(execveat), CALL(ptrace), CALL(process_vm_readv),
    CALL(process_vm_writev), CALL(mount), CALL(umount2), CALL(pivot_root), CALL(chroot),
    CALL(unshare), CALL(setns), CALL(setuid), CALL(setgid), CALL(setreuid), CALL(setregid),
    CALL(setresuid), CALL(setresgid), CALL(setfsuid), CALL(setfsgid), CALL(setgroups),
    CALL(init_module), CALL(finit_module), CALL(delete_module), CALL(kexec_load),
    CALL(kexec_file_load), CALL(bpf), CALL(perf_event_open), CALL(userfaultfd),
    CALL(io_uring_setup), CALL(personality), CALL(swapon), CALL(swapoff), CALL(reboot), CALL(acct),
    CALL(syslog), CALL(iopl), CALL(ioperm), CALL(open_by_handle_at), CALL(name_to_handle_at),
    CALL(memfd_create)};

const int *sandbox_calls_needed(size_t *count_r)
{
    *count_r = sizeof(needed) / sizeof(needed[0]);
    return needed;
}

const int *sandbox_calls_hostile(size_t *count_r)
{
    *count_r = sizeof(hostile) / sizeof(hostile[0]);
    return hostile;
}
