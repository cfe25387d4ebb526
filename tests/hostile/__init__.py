"""Pages that bring tools down, and the constructs that they are made of."""
