print("REACHED", flush=True)
