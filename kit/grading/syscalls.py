"""What a worker may ask of the kernel once a student's source is there: to compute and to answer.

Everything that it needs was imported before, and its source comes over a socket, so it needs no
path, no process, no thread and no network (syscalls(2)). What is not named here fails with EPERM,
and what takes a path with EACCES: an honest program knows how to report both.
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
)
TALK = ("sendto", "recvfrom")  # without a flag: urgent data is a rare path through the kernel
FILE_FLAGS = (1, 2, 3)  # fcntl(2): F_GETFD, F_SETFD, F_GETFL; locks would be a channel
EXECUTABLE = 0x4  # mmap(2), mprotect(2): PROT_EXEC in their third argument
HARMLESS_ADVICE = (4, 8, 14, 15)  # madvise(2): DONTNEED, FREE, HUGEPAGE, NOHUGEPAGE
