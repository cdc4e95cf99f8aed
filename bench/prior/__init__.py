"""What a run's unstated inputs are drawn from: the MFU fitted on published runs, and stated distributions of the rest."""
