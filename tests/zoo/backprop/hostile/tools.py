"""What a cheat would paste at the top of a file; `{{TOOLS}}` in an entry stands for this text."""

import sys


def attempt(*ways):
    """Try every way; raise an exception that tells which ones got through, and what held the rest."""
    told = []
    for number, way in enumerate(ways):
        try:
            told.append(f"REACHED [{number}] {way()!r:.80}")
        except BaseException as error:
            told.append(f"HELD [{number}] {type(error).__name__}: {error!s:.80}")
    raise RuntimeError("; ".join(told))


def full(value):
    """Return a value, unless there is nothing in it."""
    if not value:
        raise PermissionError(f"nothing came: {value!r}")
    return value


def module(name):
    """Get hold of a module: import it, or find it in the table, or through whatever knows it."""
    last = None
    for way in (import_it, sys.modules.__getitem__, search_it):
        try:
            return way(name)
        except Exception as error:
            last = last or error
    raise ImportError(f"no way to {name}: {last!r:.120}")


def import_it(name):
    """Import by Python's own `__import__`: the one that a submission is given refuses more."""
    sys.modules["builtins"].__import__(name)
    return sys.modules[name]


def search_it(name):
    same = (each for each in everything() if type(each) is type(sys) and each.__dict__.get("__name__") == name)
    return next(same)


def everything():
    """Walk through all objects that refer to each other, frozen ones too."""
    import gc

    seen, todo = set(), [sys.modules, sys._getframe(), object.__subclasses__()]
    while todo:
        each = todo.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            todo += gc.get_referents(each)


NUMBERS = dict(
    open=2, fork=57, clone=56, clone3=435, creat=85, openat=257, openat2=437, execveat=322, connect=42, socket=41,
    tkill=200, tgkill=234, rt_sigqueueinfo=129, pidfd_open=434, pidfd_send_signal=424, pidfd_getfd=438, ptrace=101,
    process_vm_readv=310, process_vm_writev=311, kcmp=312, move_pages=279, prlimit64=302, prctl=157, seccomp=317,
    unshare=272, setns=308, mount=165, capget=125, ioprio_set=251, io_uring_setup=425, userfaultfd=323, bpf=321,
    perf_event_open=298, add_key=248, request_key=249, keyctl=250, inotify_init=253, inotify_init1=294,
    fanotify_init=300, timerfd_create=283, eventfd2=290, epoll_create1=291, io_setup=206, signalfd4=289,
    syslog=103, personality=135, sethostname=170, landlock_create_ruleset=444, name_to_handle_at=303,
    open_by_handle_at=304, shmget=29, shmctl=31, semget=64, semctl=66, msgget=68, msgctl=71, mq_open=240, mq_unlink=241,
)  # fmt: skip


def syscall(name, *arguments):
    """Ask the kernel without libc's help (numbers of x86-64); raise OSError where it says no."""
    ctypes = module("ctypes")
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    passed = [each if not isinstance(each, int) else ctypes.c_long(each) for each in arguments]
    answer = libc.syscall(ctypes.c_long(NUMBERS[name]), *passed)
    if answer == -1:
        raise OSError(ctypes.get_errno(), name)
    return answer


def is_socket(number):
    """Ask a descriptor for its name as a socket: fstat may be forbidden."""
    try:
        module("socket").socket(fileno=number).detach()
    except OSError:
        return False
    return True


def connection():
    """Find the descriptor of the connection to the trusted side."""
    return next(number for number in range(256) if is_socket(number))


def nonces():
    """Find the nonce of the question at hand: a large number among the variables of a caller."""
    found, above = [], sys._getframe()
    while above:
        found += [each for each in above.f_locals.values() if type(each) is int and each > 1 << 40]
        above = above.f_back
    return list(dict.fromkeys(found))


def frame(nonce, header, payload=b""):
    """Write a frame with any header: a Python value, or bytes as they are."""
    if not isinstance(header, bytes):
        header = module("json").dumps(header).encode()
    return module("struct").pack("<4sQIQ", b"kit1", nonce, len(header), len(payload)) + header + payload
