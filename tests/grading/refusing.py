"""Run `kit` where the kernel refuses some calls, as a container or an old kernel does.

python refusing.py EPERM landlock_create_ruleset,pidfd_open doctor --json
"""

import errno
import sys

import seccompy

from kit.cli import main

if __name__ == "__main__":
    number, calls = getattr(errno, sys.argv[1]), sys.argv[2].split(",")
    refused = seccompy.Filter(default=seccompy.Action.ALLOW)
    for call in calls:
        refused.errno(call, number)
    refused.load()
    main(sys.argv[3:])
