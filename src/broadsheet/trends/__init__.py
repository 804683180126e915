"""What is read and what is rising: read tallies, heat and its receipt."""
