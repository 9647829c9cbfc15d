"""What runs the steps of a training fast: flat vectors, buffers, and lists of calls made before it."""
