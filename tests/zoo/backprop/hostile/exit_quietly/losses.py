{{TOOLS}}
module("os")._exit(0)
