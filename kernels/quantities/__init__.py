"""The model itself: pure functions, one file per subject. Importing this package fills the registry."""
