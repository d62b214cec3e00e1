"""What coherence costs, and what incoherence costs: the study behind `make study`."""
