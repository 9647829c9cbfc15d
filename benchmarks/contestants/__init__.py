"""Who trains: one module each, whose `prepared(task, dtype, shuffled)` returns a fit to be timed.

A fit starts anew at each call and returns the loss of every epoch, or nothing where no loss is.
"""
