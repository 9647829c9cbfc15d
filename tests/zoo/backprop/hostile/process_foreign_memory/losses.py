{{TOOLS}}
def remote(call):
    ctypes = module("ctypes")
    here = ctypes.create_string_buffer(8)
    mine = ctypes.create_string_buffer(module("struct").pack("QQ", ctypes.addressof(here), 8))
    theirs = module("struct").pack("QQ", 4096, 8)
    try:
        return syscall(call, {{PARENT}}, mine, 1, theirs, 1, 0)
    except OSError as error:
        if error.errno == 14:  # a bad address: nobody forbade it
            return "EFAULT"
        raise


attempt(
    lambda: remote("process_vm_readv"),
    lambda: remote("process_vm_writev"),
    lambda: syscall("kcmp", {{PARENT}}, {{PARENT}}, 0, 0, 0),
    lambda: syscall("move_pages", {{PARENT}}, 0, 0, 0, 0, 0),
)
