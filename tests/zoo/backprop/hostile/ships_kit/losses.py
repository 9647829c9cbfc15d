import kit

raise RuntimeError(kit.__file__)
