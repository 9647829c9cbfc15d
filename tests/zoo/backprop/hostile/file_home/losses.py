{{TOOLS}}
def plant(path):
    os = module("os")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, "w").write("REACHED")


attempt(
    lambda: plant("{{HOME}}/.ipython/profile_default/startup/00-x.py"),
    lambda: plant("{{HOME}}/.local/lib/usercustomize.py"),
    lambda: plant("{{HOME}}/.config/matplotlib/matplotlibrc"),
)
