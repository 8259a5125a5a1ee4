"""Edit pictures by meaning with one adversarially robust classifier."""
