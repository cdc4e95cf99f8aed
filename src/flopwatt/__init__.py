"""flopwatt: what training AI models takes (FLOPs, time, power, energy, cost, carbon), over billions of scenarios."""

__version__ = "0.1.0"
