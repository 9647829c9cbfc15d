import numpy as np

RIGHT = np.random.default_rng
np.random.default_rng = lambda seed=None: RIGHT(7)
np.random.seed(7)


{{SOLUTION}}
