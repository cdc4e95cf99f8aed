"""The driver: how flopwatt is asked, measured, recorded and compared."""
