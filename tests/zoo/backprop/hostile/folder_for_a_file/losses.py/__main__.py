raise RuntimeError("REACHED")
