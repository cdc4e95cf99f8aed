"""What is computed, and how fast: quantities, grids, plans and engines."""
