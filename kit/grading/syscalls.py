"""What a worker may ask of the kernel once a student's source is there: to compute and to answer.

Everything that it needs was imported before, and its source comes over a socket, so it needs no
path, no process, no thread and no network (syscalls(2)). A call that is not named here does not
exist (ENOSYS), and libc falls back to an older one; the known ones that reach out fail with the
error that an honest program knows how to report.
"""

from __future__ import annotations

ALLOWED = (
    *("read", "write", "clock_gettime", "futex", "mmap", "munmap", "brk"),
    *("mremap", "mprotect", "getrandom", "gettimeofday", "time", "getrusage", "times"),
    *("rt_sigreturn", "rt_sigaction", "rt_sigprocmask", "sigaltstack", "restart_syscall"),
    *("poll", "ppoll", "select", "pselect6", "lseek", "pread64", "pwrite64"),
    *("close", "dup", "dup2", "dup3", "fstat", "ftruncate", "readv", "writev", "shutdown"),
    *("getpid", "gettid", "getppid", "getuid", "geteuid", "getgid", "getegid", "getcwd", "uname"),
    *("nanosleep", "clock_nanosleep", "clock_getres", "sched_yield", "sched_getaffinity"),
    *("getsockopt", "getsockname", "getpeername", "sysinfo", "getcpu", "membarrier", "rseq"),
    *("exit", "exit_group"),
)
NO_PATH = (
    *("open", "openat", "openat2", "creat", "stat", "lstat", "newfstatat", "statx", "statfs"),
    *("access", "faccessat", "faccessat2", "readlink", "readlinkat", "chdir", "fchdir", "chroot"),
    *("mkdir", "mkdirat", "rmdir", "rename", "renameat", "renameat2", "unlink", "unlinkat"),
    *("link", "linkat", "symlink", "symlinkat", "mknod", "mknodat", "truncate", "getdents"),
    *("getdents64", "chmod", "fchmod", "fchmodat", "chown", "fchown", "lchown", "fchownat"),
    *("utime", "utimes", "utimensat", "futimesat", "setxattr", "getxattr", "listxattr"),
    *("name_to_handle_at", "open_by_handle_at", "inotify_init", "inotify_init1", "fanotify_init"),
    *("mount", "umount2", "pivot_root", "swapon", "acct", "quotactl", "uselib"),
)
NO_REACH = (
    *("fork", "vfork", "clone", "execve", "execveat", "kill", "tkill", "tgkill", "rt_sigqueueinfo"),
    *("rt_tgsigqueueinfo", "pidfd_open", "pidfd_send_signal", "pidfd_getfd", "ptrace", "kcmp"),
    *("process_vm_readv", "process_vm_writev", "process_madvise", "socket", "socketpair", "bind"),
    *("connect", "listen", "accept", "accept4", "prctl", "arch_prctl", "prlimit64", "setrlimit"),
    *("setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setsid"),
    *("setpgid", "setpriority", "sched_setscheduler", "sched_setaffinity", "ioprio_set", "nice"),
    *("unshare", "setns", "seccomp", "bpf", "perf_event_open", "userfaultfd", "keyctl", "add_key"),
    *("request_key", "io_uring_setup", "io_uring_enter", "io_uring_register", "io_setup"),
    *("shmget", "shmat", "shmctl", "semget", "msgget", "mq_open", "memfd_create", "memfd_secret"),
    *("flock", "fcntl", "ioctl", "alarm", "setitimer", "timer_create", "timerfd_create"),
    *("eventfd", "eventfd2", "signalfd", "signalfd4", "epoll_create", "epoll_create1", "pipe"),
    *("pipe2", "splice", "tee", "vmsplice", "sendfile", "copy_file_range", "mlock", "mlockall"),
    *(
        "mlock2",
        "mbind",
        "set_mempolicy",
        "migrate_pages",
        "move_pages",
        "personality",
        "syslog",
        "madvise",
    ),
    *("reboot", "kexec_load", "init_module", "finit_module", "delete_module", "iopl", "ioperm"),
    *("modify_ldt", "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname"),
    *("setdomainname", "landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self"),
)
TALK = ("sendto", "recvfrom")  # without a flag: urgent data is a rare path through the kernel
FILE_FLAGS = (1, 2, 3)  # fcntl(2): F_GETFD, F_SETFD, F_GETFL; locks would be a channel
EXECUTABLE = 0x4  # mmap(2), mprotect(2): PROT_EXEC in their third argument
HARMLESS_ADVICE = (4, 8, 14, 15)  # madvise(2): DONTNEED, FREE, HUGEPAGE, NOHUGEPAGE
