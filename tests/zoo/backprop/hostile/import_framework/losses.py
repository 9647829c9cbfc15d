{{TOOLS}}
import sys

sys.path.insert(0, "{{FOLDER}}/packages")
sys.path_importer_cache.clear()


def new(name):
    return import_it(name)


def loaded(name):
    loader = module("importlib.machinery").SourceFileLoader(name, "{{FOLDER}}/packages/" + name + ".py")
    return loader.load_module()


attempt(
    lambda: new("torch"),
    lambda: new("autograd"),
    lambda: loaded("torch"),
)
