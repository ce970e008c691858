"""The products: for each a module with its request, its record and its facts."""
