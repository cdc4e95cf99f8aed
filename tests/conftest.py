"""What holds for all tests."""

import os

# pytest-xdist tells its workers how wide the screen is; what is printed where nobody says that is wider.
os.environ.pop("COLUMNS", None)
